// Whom an installation trusts: pinning, thresholds, and the keys that an update executable carries.
#include "payload/signature.h"
#include "tests/support/attempt.h"
#include "tests/support/releases.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <memory>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class Pinning : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        workshop_ = std::make_unique<Workshop>();
        workshop_->keygen("second");
        workshop_->keygen("stranger");
        const std::string next = *workshop_ / "release-1.2.0.toml";
        workshop_->release("1.2.0", {"1.1.0"});
        first_ = workshop_->bundle(*workshop_ / "release-1.1.0.toml");
        first_by_stranger_ = sign("release-1.1.0.toml", {"stranger"}, "stranger-1.1.0.bundle");
        first_by_two_ = sign("release-1.1.0.toml", {"key", "second"}, "two-1.1.0.bundle");
        next_ = workshop_->bundle(next);
        next_by_stranger_ = sign("release-1.2.0.toml", {"stranger"}, "stranger-1.2.0.bundle");
        next_by_second_ = sign("release-1.2.0.toml", {"second"}, "second-1.2.0.bundle");
    }
    static void TearDownTestSuite() { workshop_.reset(); }

    static std::string sign(const std::string& release, const std::vector<std::string>& keys,
                            const std::string& name) {
        return signed_bundle(*workshop_, *workshop_ / release, keys, name);
    }
    static Workshop& workshop() { return *workshop_; }
    static std::string install() {
        return workshop().install(testing::UnitTest::GetInstance()->current_test_info()->name());
    }
    static std::string updated() {
        std::string root = install();
        const Ran ran = workshop().apply(root, first_);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return root;
    }
    static std::string public_key(const std::string& name) { return workshop() / (name + ".pub"); }
    // An update executable of a bundle, that trusts these keys.
    static std::string wrap(const std::string& bundle, const std::vector<std::string>& keys,
                            const std::string& threshold = "1") {
        const std::string out = bundle + "." + std::to_string(keys.size()) + threshold + ".update";
        std::vector<std::string> words{"wrap", bundle, "--stub", built("update"), "-o", out};
        if (!keys.empty()) words.emplace_back("--trust");
        for (const std::string& key : keys) words.push_back(public_key(key));
        words.insert(words.end(), {"--threshold", threshold});
        const Ran ran = workshop().lockstep(words);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return out;
    }

    static std::unique_ptr<Workshop> workshop_;
    static std::string first_, first_by_stranger_, first_by_two_, next_, next_by_stranger_, next_by_second_;
};

std::unique_ptr<Workshop> Pinning::workshop_;
std::string Pinning::first_, Pinning::first_by_stranger_, Pinning::first_by_two_, Pinning::next_,
    Pinning::next_by_stranger_, Pinning::next_by_second_;

TEST_F(Pinning, TheFirstUpdatePinsTheKeysItWasTrustedWith) {
    const std::string root = updated();
    const std::string pinned = read_file(root + "/.lockstep/trust/trust.json");
    expect_says(pinned, "\"product\":\"register\"");
    const Ran ran = workshop().update(root, {"--bundle", next_});
    EXPECT_EQ(ran.code, 0) << "the pinned key is enough: " << ran.err;
    EXPECT_EQ(read_file(root + "/.lockstep/trust/trust.json"), pinned);
}

TEST_F(Pinning, AnotherTrustDoesNotHelpAfterwards) {
    const std::string root = updated();
    expect_refused(root, 11, {"it needs the signatures of 1 trusted keys and has 0"}, [&] {
        return workshop().update(root, {"--bundle", next_by_stranger_, "--trust", public_key("stranger")});
    });
}

TEST_F(Pinning, ACheckAndAFailedUpdatePinNothing) {
    const std::string root = install();
    expect_refused(root, 0, {"would succeed"}, [&] {
        return workshop().update(
            root, {"check", "--bundle", first_by_stranger_, "--trust", public_key("stranger")});
    });
    EXPECT_FALSE(fs::exists(root + "/.lockstep"));
    EXPECT_EQ(workshop().apply(root, first_).code, 0) << "the stranger's key was not pinned";
}

TEST_F(Pinning, SeveralKeysOfTheCommandLineAreAllPinned) {
    const std::string root = install();
    ASSERT_EQ(workshop().apply(root, first_, {"--trust", public_key("second")}).code, 0);
    EXPECT_EQ(workshop().update(root, {"--bundle", next_by_second_}).code, 0);
}

TEST_F(Pinning, WhatTheExecutableCarriesIsPinnedByItsFirstUpdate) {
    const std::string root = install();
    const Ran ran = run({wrap(first_, {}), "--root", root});
    ASSERT_EQ(ran.code, 0) << ran.err;
    expect_refused(root, 11, {"it needs the signatures of 1 trusted keys"}, [&] {
        return workshop().update(root, {"--bundle", next_by_stranger_});
    });
    EXPECT_EQ(workshop().update(root, {"--bundle", next_}).code, 0);
}

TEST_F(Pinning, AnExecutableWithOtherKeysIsRefusedWhereOthersArePinned) {
    const std::string root = updated();
    const std::string executable = wrap(next_by_stranger_, {});
    expect_refused(root, 11, {executable, "it needs the signatures of 1 trusted keys and has 0"}, [&] {
        return run({executable, "--root", root});
    });
    const Ran own = run({wrap(next_, {}), "--root", root});
    EXPECT_EQ(own.code, 0) << own.err;
}

TEST_F(Pinning, TheKeysOfAnExecutableGivenAsABundleDoNotCount) {
    const std::string root = install();
    const std::string executable = wrap(first_by_stranger_, {});
    expect_refused(root, 11, {"nothing here says whose signature to accept"}, [&] {
        return workshop().update(root, {"--bundle", executable});
    });
    expect_refused(root, 11, {"it needs the signatures of 1 trusted keys and has 0"},
                   [&] { return workshop().apply(root, executable); });
    expect_refused(root, 11, {"nothing here says whose signature to accept"}, [&] {
        return run({wrap(first_, {}), "--root", root, "--bundle", first_by_stranger_});
    });
    EXPECT_EQ(workshop().apply(root, wrap(first_, {})).code, 0)
        << "as a bundle of a trusted key it is welcome";
}

TEST_F(Pinning, TheCommandLineDecidesOverTheExecutable) {
    const std::string root = install();
    const std::string executable = wrap(first_, {});
    expect_refused(root, 11, {"it needs the signatures of 1 trusted keys and has 0"}, [&] {
        return run({executable, "--root", root, "--trust", public_key("stranger")});
    });
}

// `wrap --trust` names more keys than the signers': the next update may be signed by the other one.
TEST_F(Pinning, WrapTrustSaysWhomTheExecutableTrusts) {
    const std::string root = install();
    const Ran ran = run({wrap(first_, {"key", "second"}), "--root", root});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(workshop().update(root, {"--bundle", next_by_second_}).code, 0);
}

// What is pinned is read by rules that allow a key once: a second one would end every later update.
TEST_F(Pinning, AKeyGivenTwiceIsPinnedOnce) {
    const std::string root = install();
    const Ran ran = workshop().apply(root, first_, {"--trust", public_key("key")});
    ASSERT_EQ(ran.code, 0) << ran.err;
    const Ran next = workshop().update(root, {"--bundle", next_});
    EXPECT_EQ(next.code, 0) << next.err;
    expect_says(next.out, "1.2.0");
}

TEST_F(Pinning, WrapRefusesAKeyThatIsGivenTwice) {
    const std::string out = workshop() / "twice.update";
    const Ran ran =
        workshop().lockstep({"wrap", first_, "--stub", built("update"), "-o", out, "--trust",
                             public_key("key"), "--trust", public_key("key"), "--threshold", "2"});
    EXPECT_EQ(ran.code, 2) << ran.out;
    expect_says(ran.err, public_key("key") + ": the same key is given twice");
    EXPECT_FALSE(fs::exists(out));
}

TEST_F(Pinning, MoreKeysThanADocumentHoldsAreRefused) {
    std::vector<std::string> words{"--trust", public_key("key")};
    for (int i = 0; i < 64; ++i) {
        const std::string name = "key-" + std::to_string(i);
        write_file(public_key(name), PrivateKey::generate().public_key().pem());
        words.insert(words.end(), {"--trust", public_key(name)});
    }
    const std::string root = install();
    expect_refused(root, 2, {"the keys of --trust: there are more than 64"}, [&] {
        return workshop().update(root, [&] {
            std::vector<std::string> all{"--bundle", first_};
            all.insert(all.end(), words.begin(), words.end());
            return all;
        }());
    });
    std::vector<std::string> wrapping{"wrap", first_, "--stub", built("update"), "-o", workshop() / "many"};
    wrapping.insert(wrapping.end(), words.begin(), words.end());
    const Ran ran = workshop().lockstep(wrapping);
    EXPECT_EQ(ran.code, 2) << ran.out;
    expect_says(ran.err, "the keys in the update executable: there are more than 64");
    EXPECT_FALSE(fs::exists(workshop() / "many"));
}

TEST_F(Pinning, AThresholdOfTwoIsPinnedAndAsksForBothSignatures) {
    const std::string root = install();
    const Ran ran = run({wrap(first_by_two_, {"key", "second"}, "2"), "--root", root});
    ASSERT_EQ(ran.code, 0) << ran.err;
    const std::string offline = workshop() / "offline.bundle";
    fs::copy_file(next_, offline, fs::copy_options::overwrite_existing);
    expect_refused(root, 11, {"it needs the signatures of 2 trusted keys and has 1"}, [&] {
        return workshop().update(root, {"--bundle", offline});
    });
    ASSERT_EQ(workshop().lockstep({"sign", offline, "--key", workshop() / "stranger.key"}).code, 0);
    expect_refused(root, 11, {"it needs the signatures of 2 trusted keys and has 1"}, [&] {
        return workshop().update(root, {"--bundle", offline});
    });
    ASSERT_EQ(workshop().lockstep({"sign", offline, "--key", workshop() / "second.key"}).code, 0);
    EXPECT_EQ(workshop().update(root, {"--bundle", offline}).code, 0);
}

TEST_F(Pinning, ADamagedPinIsRefusedNotForgotten) {
    const std::string root = updated();
    write_file(root + "/.lockstep/trust/trust.json", "{}");
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"--bundle", next_}, {"--from", workshop().path()}})
        expect_refused(root, 11, {"a trust document"}, [&] {
            std::vector<std::string> all = words;
            all.insert(all.end(), {"--trust", public_key("key")});
            return workshop().update(root, all);
        });
}

TEST_F(Pinning, AnExecutableWhoseKeysWereCutOutOrChangedIsRefused) {
    const std::string root = install();
    const std::string executable = wrap(first_, {"key", "second"});
    std::string bytes = read_file(executable);
    const std::size_t keys = bytes.rfind("{\"format\":1,\"keys\":[\"");
    ASSERT_NE(keys, std::string::npos);
    bytes[keys + 25] = bytes[keys + 25] == 'A' ? 'B' : 'A';
    write_file(executable, bytes, 0755);
    expect_refused(root, 11, {"the keys before it are damaged or missing"}, [&] {
        return run({executable, "--root", root});
    });
    write_file(executable, read_file(built("update")) + read_file(first_), 0755);
    expect_refused(root, 11, {"the keys before it are damaged or missing"}, [&] {
        return run({executable, "--root", root});
    });
}

} // namespace
} // namespace lockstep
