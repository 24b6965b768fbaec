// A bundle that is damaged, or not for this installation: exit 11, a message, and nothing changed.
#include "tests/support/attempt.h"
#include "tests/support/releases.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::string as_it_was = "Your data and the application are exactly as they were.";

class BundleRefusal : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        workshop_ = std::make_unique<Workshop>();
        bundle_ = workshop_->bundle(*workshop_ / "release-1.1.0.toml");
    }
    static void TearDownTestSuite() { workshop_.reset(); }

    static Workshop& workshop() { return *workshop_; }

    // An installation of its own for each test.
    static std::string install(const std::string& version = "1.0.0") {
        return workshop().install(
            std::string("field ") + testing::UnitTest::GetInstance()->current_test_info()->name(), version);
    }
    static std::string updated() {
        std::string root = install();
        const Ran ran = workshop().apply(root, bundle_);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return root;
    }
    // The release 1.1.0 but for `text`, rehearsed, and signed by "key".
    static std::string variant(const std::string& name, const std::string& text,
                               const std::string& replacement) {
        const std::string release = workshop() / (name + ".toml");
        write_file(release, read_file(workshop() / "release-1.1.0.toml"));
        replace_in(release, text, replacement);
        return workshop().bundle(release);
    }
    static void expect_refused_apply(const std::string& root, const std::string& bundle,
                                     const std::string& words) {
        SCOPED_TRACE(words);
        expect_refused(root, 11, {words, as_it_was}, [&] { return workshop().apply(root, bundle); });
    }

    static std::unique_ptr<Workshop> workshop_;
    static std::string bundle_;
};

std::unique_ptr<Workshop> BundleRefusal::workshop_;
std::string BundleRefusal::bundle_;

std::uint64_t number_at(const std::string& bytes, std::size_t offset) {
    std::uint64_t number = 0;
    for (std::size_t i = 8; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[offset + i]);
    return number;
}

// `count` places spread over each part that payload/FORMAT.md names, with the first and last byte of each.
std::vector<std::size_t> places_in_every_part(const std::string& bundle, std::size_t count) {
    std::vector<std::size_t> ends{0, 16, 24, 32, 40};
    for (const std::size_t length : {16U, 24U, 32U}) ends.push_back(ends.back() + number_at(bundle, length));
    ends.push_back(bundle.size() - 16);
    ends.push_back(bundle.size());
    std::vector<std::size_t> places;
    for (std::size_t part = 1; part < ends.size(); ++part)
        for (std::size_t i = 0; i <= count; ++i)
            places.push_back(ends[part - 1] + (ends[part] - ends[part - 1] - 1) * i / count);
    places.erase(std::unique(places.begin(), places.end()), places.end());
    return places;
}

TEST_F(BundleRefusal, AnyByteFlipped) {
    const std::string root = install();
    const std::string damaged = workshop() / "flipped.bundle";
    const std::string whole = read_file(bundle_);
    ASSERT_EQ(whole.size(), number_at(whole, whole.size() - 24));
    for (const std::size_t place : places_in_every_part(whole, 4)) {
        SCOPED_TRACE("byte " + std::to_string(place));
        std::string bytes = whole;
        bytes[place] = static_cast<char>(bytes[place] ^ 1);
        write_file(damaged, bytes);
        expect_refused_apply(root, damaged, damaged);
    }
    EXPECT_FALSE(fs::exists(root + "/.lockstep"));
    EXPECT_EQ(workshop().apply(root, bundle_).code, 0) << "the whole one is accepted";
}

TEST_F(BundleRefusal, CutOffAtAnyLength) {
    const std::string root = install();
    const std::string cut = workshop() / "cut.bundle";
    const std::string whole = read_file(bundle_);
    for (const std::size_t length : places_in_every_part(whole, 4)) {
        SCOPED_TRACE("length " + std::to_string(length));
        write_file(cut, whole.substr(0, length));
        expect_refused_apply(root, cut, cut + ": it is not a bundle, or not a whole one");
    }
    EXPECT_FALSE(fs::exists(root + "/.lockstep"));
}

// Its own bundle: what is left of it is an updater without one, or none that the system can start.
TEST_F(BundleRefusal, AnUpdateExecutableThatWasCutOff) {
    const std::string root = install();
    const std::string whole = read_file(workshop().wrapped(bundle_));
    const std::string cut = workshop() / "cut.update";
    const std::size_t stub = read_file(built("update")).size();
    for (const std::size_t length : {stub, stub + 1, stub + 200, whole.size() - 1000, whole.size() - 1}) {
        SCOPED_TRACE("length " + std::to_string(length));
        write_file(cut, whole.substr(0, length), 0755);
        expect_refused(root, 11, {"holds no bundle, or was cut off", as_it_was}, [&] {
            return run({cut, "--root", root});
        });
    }
    write_file(cut, whole, 0755);
    EXPECT_EQ(run({cut, "--root", root}).code, 0);
}

TEST_F(BundleRefusal, AnyByteAppended) {
    const std::string root = install();
    const std::string longer = workshop() / "longer.bundle";
    write_file(longer, read_file(bundle_) + "\n");
    expect_refused_apply(root, longer, "its end is missing");
}

// Where an update was made before, the history remembers the attempt; all else is as it was.
TEST_F(BundleRefusal, ADamagedPayloadOnAnUpdatedInstallation) {
    const std::string root = updated();
    const std::string bundle =
        workshop().bundle(workshop().release("1.2.0", {"1.1.0"}, "floor = \"1.0.0\"\n"));
    std::string bytes = read_file(bundle);
    bytes[bytes.size() - 100] = static_cast<char>(bytes[bytes.size() - 100] ^ 1);
    write_file(bundle, bytes);
    Tree before = tree_of(root, true);
    const Ran ran = workshop().apply(root, bundle);
    EXPECT_EQ(ran.code, 11) << ran.err;
    expect_says(ran.err, as_it_was);
    Tree after = tree_of(root, true);
    for (Tree* tree : {&before, &after}) tree->erase(".lockstep/ledger.db");
    for (Tree* tree : {&before, &after}) tree->erase(".lockstep/ledger.db-journal");
    EXPECT_EQ(differences(before, after), "");
    expect_says(workshop().update(root, {"history"}).out, "1.1.0 -> 1.2.0  failed, nothing changed");
}

TEST_F(BundleRefusal, AStrangersKey) {
    workshop().keygen("stranger");
    const std::string root = install();
    const std::string bundle = workshop().bundle(workshop() / "release-1.1.0.toml", "stranger");
    expect_refused_apply(root, bundle, "it needs the signatures of 1 trusted keys and has 0");
}

TEST_F(BundleRefusal, NobodyToTrust) {
    const std::string root = install();
    expect_refused(root, 11, {"nothing here says whose signature to accept", "--trust KEY.pub", as_it_was},
                   [&] {
                       return workshop().update(root, {"--bundle", bundle_});
                   });
}

TEST_F(BundleRefusal, AnotherProductOfTheSameKey) {
    const std::string root = updated();
    const std::string other = variant("other product", "\"register\"", "\"pharmacy\"");
    expect_refused_apply(root, other, "pharmacy");
}

TEST_F(BundleRefusal, AVersionBelowTheCommittedFloor) {
    const std::string old = variant("old", "\"1.1.0\"\n", "\"1.0.9\"\n");
    const std::string root = updated();
    expect_refused_apply(
        root, old,
        "its version 1.0.9 is older than 1.1.0, the oldest that is accepted here since the last update");
    ASSERT_EQ(workshop().update(root, {"rollback"}).code, 0);
    expect_refused_apply(root, old, "its version 1.0.9 is older than 1.1.0");
}

// 1.1.0 was signed with a floor below it: after its rollback, a hotfix of the older line is welcome.
TEST_F(BundleRefusal, AHotfixOfAnOlderLineIsNone) {
    const std::string newer =
        variant("floor", "version = \"1.1.0\"\n", "version = \"1.1.0\"\nfloor = \"1.0.0\"\n");
    const std::string hotfix = variant("hotfix", "version = \"1.1.0\"\n", "version = \"1.0.1\"\n");
    const std::string root = install();
    ASSERT_EQ(workshop().apply(root, newer).code, 0);
    ASSERT_EQ(workshop().update(root, {"rollback"}).code, 0);
    const Ran ran = workshop().apply(root, hotfix);
    EXPECT_EQ(ran.code, 0) << ran.err;
    expect_says(ran.out, "register was updated from version 1.0.0 to 1.0.1.");
}

TEST_F(BundleRefusal, AnExpiredOne) {
    const std::string root = install();
    const std::string expired =
        variant("expired", "version = \"1.1.0\"\n", "version = \"1.1.0\"\nexpires = 2020-02-29\n");
    expect_refused_apply(root, expired, "it expired on 2020-02-29T23:59:59Z");
    const Ran ran = workshop().apply(root, expired);
    expect_says(ran.err, "if this computer's clock is wrong, set it first");
    const std::string lasting =
        variant("lasting", "version = \"1.1.0\"\n", "version = \"1.1.0\"\nexpires = 9999-12-31\n");
    EXPECT_EQ(workshop().apply(root, lasting).code, 0);
}

TEST_F(BundleRefusal, OneThatNeedsANewerEngine) {
    const std::string root = install();
    const std::string release = workshop() / "release-1.1.0.toml";
    workshop().rehearse(release);
    replace_in(workshop() / "rehearsal.json", "\"engine\": \"", "\"engine\": \"9");
    const std::string bundle = signed_bundle(workshop(), release, {"key"}, "engine.bundle");
    expect_refused_apply(root, bundle, "it needs an updater of version 9");
    expect_says(workshop().apply(root, bundle).err, "Get the newer update executable");
}

TEST_F(BundleRefusal, WhatIsNotABundle) {
    const std::string root = install();
    write_file(workshop() / "notes.txt", "Bring the charger for the laptops.\n");
    write_file(workshop() / "empty.bundle", "");
    fs::create_directories(workshop() / "folder.bundle");
    ASSERT_EQ(run({"mkfifo", workshop() / "pipe.bundle"}).code, 0);
    expect_refused_apply(root, workshop() / "notes.txt", "it is not a bundle");
    expect_refused_apply(root, workshop() / "empty.bundle", "it is empty");
    expect_refused_apply(root, workshop() / "folder.bundle", "it is not a file");
    expect_refused_apply(root, workshop() / "pipe.bundle", "it is not a file");
    expect_refused(root, 11, {"holds no bundle, or was cut off", "--bundle FILE", as_it_was}, [&] {
        return workshop().update(root, {"--trust", workshop() / "key.pub"});
    });
}

TEST_F(BundleRefusal, WhatIsNotThereIsAMistakeOnTheCommandLine) {
    const std::string root = install();
    const std::string key = workshop() / "key.pub";
    expect_refused(root, 2, {"there is no such file", "Nothing was changed."},
                   [&] { return workshop().apply(root, workshop() / "missing.bundle"); });
    expect_refused(root, 2, {"missing folder", "Nothing was changed."}, [&] {
        return workshop().update(root, {"--from", workshop() / "missing folder", "--trust", key});
    });
    expect_refused(root, 2, {"missing.pub", "Nothing was changed."}, [&] {
        return workshop().update(root, {"--bundle", bundle_, "--trust", workshop() / "missing.pub"});
    });
    fs::create_symlink("nowhere", workshop() / "dangling.bundle");
    expect_refused(root, 2, {"dangling.bundle"},
                   [&] { return workshop().apply(root, workshop() / "dangling.bundle"); });
    expect_refused(root, 11, {"notes.pub", "it is no Ed25519 public key in PEM form"}, [&] {
        write_file(workshop() / "notes.pub", "not a key\n");
        return workshop().update(root, {"--bundle", bundle_, "--trust", workshop() / "notes.pub"});
    });
}

} // namespace
} // namespace lockstep
