// Keys change hands: trust documents, each signed by its predecessor, travel with the bundles.
#include "tests/support/attempt.h"
#include "tests/support/releases.h"

#include <gtest/gtest.h>
#include <memory>

namespace lockstep {
namespace {

// 1.1.0 is signed by the old "key"; 2.json hands over to "second", 3.json to "third".
class Rotation : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        workshop_ = std::make_unique<Workshop>();
        for (const std::string name : {"second", "third", "stranger"}) workshop_->keygen(name);
        trust_document(*workshop_, "2.json", {"second"}, {"key", "second"});
        trust_document(*workshop_, "3.json", {"third"}, {"second", "third"}, "2.json");
        failing_ = make_failing();
        first_ = workshop_->bundle(*workshop_ / "release-1.1.0.toml");
        const std::string next = "release-1.2.0.toml";
        workshop_->release("1.2.0", {"1.0.0", "1.1.0"}, "floor = \"1.0.0\"\n");
        by_old_ = workshop_->bundle(*workshop_ / next);
        by_second_ = sign_next("trust = [\"2.json\"]\n", "second");
        by_third_ = sign_next("trust = [\"2.json\", \"3.json\"]\n", "third");
        stripped_ = sign_next("", "third-stripped", "third");
    }
    static void TearDownTestSuite() { workshop_.reset(); }

    // Rotates to "second", and fails where there are 40 people or more: the samples have 10.
    static std::string make_failing() {
        const std::string script = *workshop_ / "migrations/1.1.0/all.sql";
        const std::string sound = read_file(script);
        const std::string release = *workshop_ / "failing.toml";
        write_file(release, "trust = [\"2.json\"]\n" + read_file(*workshop_ / "release-1.1.0.toml"));
        write_file(script, sound + "SELECT require(count(*) < 40, 'too many people') FROM person;\n");
        std::string failing = workshop_->bundle(release, "second");
        write_file(script, sound);
        return failing;
    }
    static std::string sign_next(const std::string& trust, const std::string& name,
                                 const std::string& key = {}) {
        const std::string release =
            workshop_->release("1.2.0", {"1.0.0", "1.1.0"}, "floor = \"1.0.0\"\n" + trust);
        return signed_bundle(*workshop_, release, {key.empty() ? name : key}, name + ".bundle");
    }
    static Workshop& workshop() { return *workshop_; }
    // A laptop at 1.1.0 that trusts the old key.
    static std::string updated() {
        std::string root = workshop().install(testing::UnitTest::GetInstance()->current_test_info()->name());
        const Ran ran = workshop().apply(root, first_);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return root;
    }
    static std::string pinned(const std::string& root) {
        return read_file(root + "/.lockstep/trust/trust.json");
    }
    static void expect_untrusted(const std::string& root, const std::string& bundle) {
        SCOPED_TRACE(bundle);
        expect_refused(root, 11, {"trust", "Your data and the application are exactly as they were."}, [&] {
            return workshop().update(root, {"--bundle", bundle});
        });
    }

    static std::unique_ptr<Workshop> workshop_;
    static std::string first_, failing_, by_old_, by_second_, by_third_, stripped_;
};

std::unique_ptr<Workshop> Rotation::workshop_;
std::string Rotation::first_, Rotation::failing_, Rotation::by_old_, Rotation::by_second_,
    Rotation::by_third_, Rotation::stripped_;

TEST_F(Rotation, ABundleOfTheNewKeyLeadsToIt) {
    const std::string root = updated();
    const Ran ran = workshop().update(root, {"--bundle", by_second_});
    ASSERT_EQ(ran.code, 0) << ran.err;
    expect_says(pinned(root), "\"version\":2");
}

TEST_F(Rotation, AReleaseNamesEveryDocumentFromTheSecondVersionOn) {
    const Ran made =
        workshop().lockstep({"trust", "--product", "register", "--keys", workshop() / "third.pub",
                             "--previous", "3.json", "--key", workshop() / "third.key", "-o", "4.json"});
    ASSERT_EQ(made.code, 0) << made.err;
    expect_says(made.out, "Name every document from version 2 on in release.toml, oldest first, by its path "
                          "from release.toml's folder: trust = [\"(version 2)\", \"3.json\", \"4.json\"]");
    const auto expect_gap = [&](const std::string& trust, const std::string& words) {
        const std::string release =
            workshop().release("1.2.0", {"1.0.0", "1.1.0"}, "floor = \"1.0.0\"\n" + trust);
        expect_refused(workshop().path(), 2, {words}, [&] {
            return workshop().lockstep(
                {"build", release, "--key", workshop() / "third.key", "-o", "gap.bundle"});
        });
    };
    expect_gap("trust = [\"3.json\"]\n", "3.json: it is version 3, and version 2 is missing before it");
    expect_gap("trust = [\"2.json\", \"4.json\"]\n",
               "4.json: it is version 4, and version 3 is missing before it");
}

TEST_F(Rotation, ALaptopThatMissedAVersionFollowsBothDocuments) {
    const std::string root = updated();
    const Ran ran = workshop().update(root, {"--bundle", by_third_});
    ASSERT_EQ(ran.code, 0) << ran.err;
    expect_says(pinned(root), "\"version\":3");
}

TEST_F(Rotation, WithoutTheDocumentsTheNewKeyIsAStranger) {
    const std::string root = updated();
    expect_untrusted(root, stripped_);
}

TEST_F(Rotation, SurvivesARollbackAndTheOldKeysAreRefusedAfterwards) {
    const std::string root = updated();
    ASSERT_EQ(workshop().update(root, {"--bundle", by_third_}).code, 0);
    const std::string after = pinned(root);
    const Ran back = workshop().update(root, {"rollback"});
    ASSERT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(pinned(root), after);
    expect_untrusted(root, by_old_);
    expect_untrusted(root, by_second_);
    EXPECT_EQ(workshop().update(root, {"--bundle", stripped_}).code, 0) << "the newest key is enough now";
}

TEST_F(Rotation, TakesNoEffectByACheck) {
    const std::string root = updated();
    const std::string before = pinned(root);
    ASSERT_EQ(workshop().update(root, {"check", "--bundle", by_second_}).code, 0);
    EXPECT_EQ(pinned(root), before);
    EXPECT_EQ(workshop().update(root, {"--bundle", by_old_}).code, 0) << "the old key is trusted still";
}

TEST_F(Rotation, TakesNoEffectByAnUpdateThatFails) {
    const std::string root = workshop().install("failing");
    const Tree before = tree_of(root);
    const Ran ran = workshop().apply(root, failing_);
    EXPECT_EQ(ran.code, 20) << ran.err;
    expect_says(ran.err, "too many people");
    EXPECT_EQ(differences(before, tree_of(root)), "");
    EXPECT_EQ(pinned(root), "");
    EXPECT_EQ(workshop().apply(root, first_).code, 0) << "the old key is trusted still";
}

TEST_F(Rotation, ADocumentThatTheOldKeyHasNotSignedLeadsNowhere) {
    trust_document(workshop(), "forged.json", {"stranger"}, {"stranger"});
    const std::string forged = sign_next("trust = [\"forged.json\"]\n", "forged", "stranger");
    const std::string root = updated();
    expect_untrusted(root, forged);
    ASSERT_EQ(workshop().update(root, {"--bundle", by_second_}).code, 0);
    ASSERT_EQ(workshop().update(root, {"rollback"}).code, 0);
    expect_untrusted(root, forged);
}

// From one key to two, of which both must sign: the rotation itself raises the threshold.
TEST_F(Rotation, MayRaiseTheThreshold) {
    trust_document(workshop(), "both.json", {"second", "third"}, {"key", "second", "third"}, {}, 2);
    const std::string short_of_one = sign_next("trust = [\"both.json\"]\n", "short", "second");
    const std::string root = updated();
    expect_untrusted(root, short_of_one);
    ASSERT_EQ(workshop().lockstep({"sign", short_of_one, "--key", workshop() / "third.key"}).code, 0);
    const Ran ran = workshop().update(root, {"--bundle", short_of_one});
    ASSERT_EQ(ran.code, 0) << ran.err;
    expect_says(pinned(root), "\"threshold\":2");
    ASSERT_EQ(workshop().update(root, {"rollback"}).code, 0);
    expect_untrusted(root, by_second_);
}

// A laptop set up after the rotation knows the newest key only.
TEST_F(Rotation, AFreshInstallationMayBeginWithTheNewestKey) {
    const std::string root = workshop().install("fresh");
    const Ran ran = workshop().update(root, {"--bundle", by_third_, "--trust", workshop() / "third.pub"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    expect_says(pinned(root), "\"version\":3");
}

TEST_F(Rotation, TheToolRefusesDocumentsThatNoLaptopCouldFollow) {
    const std::string trust = "trust = [\"3.json\", \"2.json\"]\n";
    EXPECT_THROW(sign_next(trust, "disordered", "third"), std::runtime_error);
    const Ran ran = workshop().lockstep({"build", workshop() / "release-1.2.0.toml", "--key",
                                         workshop() / "third.key", "-o", workshop() / "disordered.bundle"});
    EXPECT_EQ(ran.code, 2) << ran.err;
    expect_says(ran.err, "trust documents");
}

} // namespace
} // namespace lockstep
