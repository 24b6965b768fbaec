// --from: the best bundle of a folder, and the bundles that are held.
#include "tests/support/attempt.h"
#include "tests/support/releases.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// A stick for each test; the suite makes the bundles once.
class FromFolder : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        workshop_ = std::make_unique<Workshop>();
        workshop_->keygen("stranger");
        const std::string first = *workshop_ / "release-1.1.0.toml";
        first_ = workshop_->bundle(first);
        by_stranger_ = signed_bundle(*workshop_, first, {"stranger"}, "stranger.bundle");
        second_ = workshop_->bundle(workshop_->release("1.2.0", {"1.1.0"}));
        make_other_product();
        make_failing();
    }
    static void TearDownTestSuite() { workshop_.reset(); }

    static void make_other_product() {
        const std::string release = *workshop_ / "pharmacy.toml";
        write_file(release, read_file(*workshop_ / "release-1.1.0.toml"));
        replace_in(release, "\"register\"", "\"pharmacy\"");
        replace_in(release, "\"1.1.0\"\n", "\"1.1.9\"\n");
        other_product_ = workshop_->bundle(release);
    }
    // 1.1.5 fails where there are 40 people or more: the samples have 10.
    static void make_failing() {
        const std::string release = *workshop_ / "failing.toml";
        write_file(release, read_file(*workshop_ / "release-1.1.0.toml"));
        replace_in(release, "\"1.1.0\"\n", "\"1.1.5\"\n");
        write_file(*workshop_ / "migrations/1.1.5/all.sql",
                   "SELECT require(count(*) < 40, 'too many people') FROM person;\n");
        failing_ = workshop_->bundle(release);
        fs::remove_all(*workshop_ / "migrations/1.1.5");
    }

    static Workshop& workshop() { return *workshop_; }
    static std::string name() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }
    static std::string install(int rows = 50) { return workshop().install(name(), "1.0.0", rows); }
    static std::string stick() {
        const std::string folder = workshop() / ("stick of " + name());
        fs::create_directories(folder);
        return folder;
    }
    static std::string put(const std::string& bundle, const std::string& as) {
        const std::string path = stick() + "/" + as;
        fs::copy_file(bundle, path, fs::copy_options::overwrite_existing);
        return path;
    }
    static Ran from_stick(const std::string& root, std::vector<std::string> words = {}) {
        words.insert(words.begin(), {"--from", stick(), "--trust", workshop() / "key.pub"});
        return workshop().update(root, words);
    }

    static std::unique_ptr<Workshop> workshop_;
    static std::string first_, second_, by_stranger_, other_product_, failing_;
};

std::unique_ptr<Workshop> FromFolder::workshop_;
std::string FromFolder::first_, FromFolder::second_, FromFolder::by_stranger_, FromFolder::other_product_,
    FromFolder::failing_;

TEST_F(FromFolder, TakesTheHighestVersionThatFitsAndIgnoresTheRest) {
    const std::string root = install();
    put(first_, "z.bundle");
    put(second_, "a.bundle");
    put(by_stranger_, "b.bundle");
    write_file(stick() + "/letter.txt", "Dear colleagues\n");
    write_file(stick() + "/empty", "");
    fs::create_directories(stick() + "/folder.bundle");
    fs::create_symlink("nowhere", stick() + "/dangling.bundle");
    const Tree before = tree_of(stick());
    const Ran first = from_stick(root);
    ASSERT_EQ(first.code, 0) << first.err;
    expect_says(first.out, "register was updated from version 1.0.0 to 1.1.0.");
    expect_says(first.out, "a.bundle was passed over.");
    expect_says(first.out, "b.bundle");
    EXPECT_EQ(first.out.find("letter.txt"), std::string::npos) << first.out;
    const Ran second = from_stick(root);
    ASSERT_EQ(second.code, 0) << second.err;
    expect_says(second.out, "register was updated from version 1.1.0 to 1.2.0.");
    EXPECT_EQ(differences(before, tree_of(stick())), "") << "the stick is only read";
}

// Neither the name nor the age of a file counts, but the version inside; 1.10.0 is above 1.9.0.
TEST_F(FromFolder, TakesTheHighestOfSeveralThatFit) {
    const std::string root = install();
    put(first_, "1.1.0.bundle");
    for (const std::string version : {"1.10.0", "1.9.0"}) {
        const std::string release = workshop() / ("several-" + version + ".toml");
        write_file(release, read_file(workshop() / "release-1.1.0.toml"));
        replace_in(release, "\"1.1.0\"\n", "\"" + version + "\"\n");
        replace_in(release, "entry_points",
                   "moved_columns = { \"person.name\" = \"person.full_name\" }\nentry_points");
        put(workshop().bundle(release), version + ".bundle");
    }
    const Ran ran = from_stick(root);
    ASSERT_EQ(ran.code, 0) << ran.err;
    expect_says(ran.out, "register was updated from version 1.0.0 to 1.10.0.");
}

TEST_F(FromFolder, SaysThatItIsUpToDate) {
    const std::string root = install();
    put(first_, "one.bundle");
    ASSERT_EQ(from_stick(root).code, 0);
    expect_refused(root, 0, {"Version 1.1.0 is installed already. Nothing was changed."},
                   [&] { return from_stick(root); });
}

TEST_F(FromFolder, AnEmptyFolderHoldsNothingToApply) {
    const std::string root = install();
    stick();
    expect_refused(root, 0, {"There is no bundle to apply in " + stick(), "Nothing was changed."},
                   [&] { return from_stick(root); });
}

// Other products', older ones, one that was applied: nothing is wrong with them, whatever else lies there.
TEST_F(FromFolder, AFolderOfOtherProductsAndOldBundlesHoldsNothingEither) {
    const std::string root = install();
    put(first_, "one.bundle");
    ASSERT_EQ(from_stick(root).code, 0);
    put(second_, "two.bundle");
    ASSERT_EQ(from_stick(root).code, 0);
    fs::remove(stick() + "/two.bundle");
    put(other_product_, "pharmacy.bundle");
    write_file(stick() + "/letter.txt", "Dear colleagues\n");
    write_file(stick() + "/empty", "");
    expect_refused(root, 0,
                   {"There is no bundle to apply in", "pharmacy.bundle was passed over: it is for pharmacy",
                    "one.bundle was passed over: its version 1.1.0 is older than 1.2.0"},
                   [&] { return from_stick(root); });
}

TEST_F(FromFolder, WhereAllAreUntrustedOrDamagedItSaysSo) {
    const std::string root = install();
    put(by_stranger_, "stranger.bundle");
    const std::string whole = read_file(first_);
    write_file(stick() + "/cut off.bundle", whole.substr(0, whole.size() / 2));
    write_file(stick() + "/noise.bundle", std::string(5000, 'x'));
    write_file(stick() + "/empty.bundle", "");
    const std::string cut_off = "cut off.bundle: it is not a bundle, or not a whole one: its end is missing, "
                                "it was cut off or damaged";
    for (const std::vector<std::string>& words : {std::vector<std::string>{}, {"check"}})
        expect_refused(
            root, 11,
            {"Could not find a bundle to apply in " + stick() + ": what is there can't be accepted:", cut_off,
             "empty.bundle: it is not a bundle, or not a whole one: it is empty",
             "noise.bundle: it is not a bundle",
             "stranger.bundle: it needs the signatures of 1 trusted keys and has 0",
             "Your data and the application are exactly as they were."},
            [&] { return from_stick(root, words); });
    put(first_, "one.bundle");
    const Ran ran = from_stick(root);
    EXPECT_EQ(ran.code, 0) << ran.err;
    expect_says(ran.out, "register was updated from version 1.0.0 to 1.1.0.");
    expect_says(ran.out, "noise.bundle: it is not a bundle");
}

// A held one is passed over as ever; a damaged one beside it may be the one that was meant.
TEST_F(FromFolder, AHeldBundleHidesNoDamagedOne) {
    const std::string root = install();
    put(failing_, "new.bundle");
    ASSERT_EQ(from_stick(root).code, 20);
    ASSERT_EQ(from_stick(root).code, 0);
    const std::string whole = read_file(first_);
    write_file(stick() + "/cut off.bundle", whole.substr(0, whole.size() - 1));
    expect_refused(root, 11, {"new.bundle was passed over: it failed here", "cut off.bundle"},
                   [&] { return from_stick(root); });
}

TEST_F(FromFolder, NobodyToTrustIsAnErrorAndNotAnEmptyFolder) {
    const std::string root = install();
    put(first_, "one.bundle");
    expect_refused(root, 11, {"nothing here says whose signature to accept", "--trust KEY.pub"}, [&] {
        return workshop().update(root, {"--from", stick()});
    });
}

TEST_F(FromFolder, NamesWhatDiffersWhereNoBundleFits) {
    const std::string root = install();
    write_file(root + "/lib/changed.txt", "by hand\n");
    put(first_, "one.bundle");
    expect_refused(root, 10, {"lib/changed.txt was changed"}, [&] { return from_stick(root); });
}

TEST_F(FromFolder, PassesOverABundleThatFailedHere) {
    const std::string root = install();
    const std::string bundle = put(failing_, "new.bundle");
    const Tree before = tree_of(root);
    const Ran failed = from_stick(root);
    EXPECT_EQ(failed.code, 20) << failed.err;
    expect_says(failed.err, "too many people");
    expect_says(failed.err, "Your data and the application are exactly as they were.");
    expect_refused(root, 0,
                   {bundle + " was passed over: it failed here on ", "Name it with --bundle to try it again.",
                    "There is no bundle to apply in "},
                   [&] { return from_stick(root); });
    EXPECT_EQ(workshop().apply(root, bundle).code, 20) << "named, it is tried again";
    put(first_, "old.bundle");
    const Ran other = from_stick(root);
    EXPECT_EQ(other.code, 0) << other.err;
    expect_says(other.out, "from version 1.0.0 to 1.1.0");
    EXPECT_FALSE(differences(before, tree_of(root)).empty());
}

TEST_F(FromFolder, ABundleThatSucceedsWhenNamedIsHeldNoLonger) {
    const std::string root = install(45);
    const std::string bundle = put(failing_, "new.bundle");
    ASSERT_EQ(from_stick(root).code, 20);
    sqlite(workshop().database(root), "DELETE FROM person WHERE id > 30");
    ASSERT_EQ(from_stick(root).code, 0);
    EXPECT_EQ(read_file(root + "/lib/changed.txt"), "old\n") << "held";
    ASSERT_EQ(workshop().apply(root, bundle).code, 0);
    EXPECT_EQ(read_file(root + "/lib/changed.txt"), "new in 1.1.0\n");
    expect_refused(root, 0, {"Version 1.1.5 is installed already."}, [&] { return from_stick(root); });
}

TEST_F(FromFolder, PassesOverABundleThatWasRolledBack) {
    const std::string root = install();
    const std::string bundle = put(first_, "one.bundle");
    ASSERT_EQ(from_stick(root).code, 0);
    ASSERT_EQ(workshop().update(root, {"rollback"}).code, 0);
    expect_refused(root, 0, {bundle + " was passed over: it was rolled back here."},
                   [&] { return from_stick(root); });
    EXPECT_EQ(read_file(root + "/lib/changed.txt"), "old\n");
    const Ran named = workshop().apply(root, bundle);
    EXPECT_EQ(named.code, 0) << named.err;
    EXPECT_EQ(read_file(root + "/lib/changed.txt"), "new in 1.1.0\n");
}

// A trial run isn't an update that failed: nothing is held, and nothing is left.
TEST_F(FromFolder, AFailedCheckHoldsNothing) {
    const std::string root = install();
    put(failing_, "new.bundle");
    expect_refused(root, 20, {"too many people"}, [&] { return from_stick(root, {"check"}); });
    EXPECT_FALSE(fs::exists(root + "/.lockstep"));
    EXPECT_EQ(from_stick(root).code, 20);
}

} // namespace
} // namespace lockstep
