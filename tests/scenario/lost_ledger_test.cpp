// A ledger that was removed, or emptied by a damaged file system, beside what earlier updates kept.
#include "tests/support/attempt.h"
#include "tests/support/installation.h"
#include "tests/support/releases.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::string told = "The history of earlier updates is missing: the ledger was lost.";

void lose_ledger(const Installation& field) {
    fs::remove(field / ".lockstep/ledger.db");
    fs::remove(field / ".lockstep/ledger.db-journal");
}

Tree in_backups(const Installation& field) {
    Tree kept;
    for (const auto& [path, content] : tree_of(field.root(), true))
        if (path.starts_with(".lockstep/backups/")) kept.emplace(path, content);
    return kept;
}

// Everything of `before` is there yet, as it was.
void expect_kept(const Tree& before, const Installation& field) {
    Tree now = in_backups(field);
    std::erase_if(now, [&](const auto& entry) { return !before.contains(entry.first); });
    EXPECT_EQ(differences(before, now), "");
}

// Rolled back to 1.0.0, with the backups 1 and 2; then the ledger is lost.
class LostLedger : public ::testing::Test {
  protected:
    void SetUp() override {
        field_.expect_updated(field_.apply());
        field_.expect_rolled_back(field_.update({"rollback"}));
        ASSERT_TRUE(fs::exists(field_ / ".lockstep/backups/2"));
        lose_ledger(field_);
    }
    void expect_goes_on() {
        const Tree kept = in_backups(field_);
        const Ran ran = field_.apply();
        field_.expect_updated(ran);
        expect_says(ran.out + ran.err, told);
        expect_says(ran.out + ran.err,
                    "The backups that were there are kept in " + field_ / ".lockstep/backups");
        expect_kept(kept, field_);
        EXPECT_TRUE(fs::exists(field_ / ".lockstep/backups/3")) << "above every number that was given";
        field_.expect_rolled_back(field_.update({"rollback"}));
        expect_kept(kept, field_);
    }
    Installation field_;
};

TEST_F(LostLedger, AnUpdateGoesOnAboveTheBackupsAndKeepsThem) {
    expect_goes_on();
}

TEST_F(LostLedger, AnEmptyOneIsTakenForALostOne) {
    write_file(field_ / ".lockstep/ledger.db", "");
    expect_goes_on();
}

TEST_F(LostLedger, AFileOfOthersThatWasKeptHasANumberToo) {
    fs::create_directories(field_ / ".lockstep/backups/7-found");
    write_file(field_ / ".lockstep/backups/7-found/main.db.found", "somebody else's");
    field_.expect_updated(field_.apply());
    EXPECT_TRUE(fs::exists(field_ / ".lockstep/backups/8"));
    EXPECT_EQ(read_file(field_ / ".lockstep/backups/7-found/main.db.found"), "somebody else's");
}

TEST_F(LostLedger, NoBackupThatTheLedgerDoesNotKnowIsEverDropped) {
    const Tree kept = in_backups(field_);
    for (int round = 0; round < 3; ++round) {
        field_.expect_updated(field_.apply());
        field_.expect_rolled_back(field_.update({"rollback"}));
        expect_kept(kept, field_);
    }
    EXPECT_FALSE(fs::exists(field_ / ".lockstep/backups/3")) << "of its own it keeps three";
    EXPECT_TRUE(fs::exists(field_ / ".lockstep/backups/8"));
}

TEST_F(LostLedger, ItIsSaidByStatusHistoryAndRollback) {
    const Tree before = tree_of(field_.root(), true);
    for (const std::string command : {"status", "history"}) {
        const Ran ran = field_.update({command});
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ(ran.out.find(told), 0U) << ran.out;
        expect_says(field_.update({command, "--json"}).out, "\"history_missing\":true");
    }
    const Ran back = field_.update({"rollback"});
    EXPECT_EQ(back.code, 10) << back.err;
    expect_says(back.err, told);
    expect_says(field_.update({"recover"}).out, told);
    EXPECT_EQ(differences(before, tree_of(field_.root(), true)), "");
    EXPECT_EQ(field_.apply({"check"}).code, 0);
    expect_says(field_.update({"status"}).out, told);
    field_.expect_updated(field_.apply());
    expect_says(field_.update({"status"}).out, told);
    expect_says(field_.update({"status"}).out, "register 1.1.0 in ");
}

TEST_F(LostLedger, WhatWasPinnedDecidesYet) {
    Workshop& workshop = common_workshop();
    workshop.keygen("stranger of the lost");
    const std::string strange =
        signed_bundle(workshop, workshop / "release-1.1.0.toml", {"stranger of the lost"}, "strange.bundle");
    fs::remove_all(field_ / ".lockstep/backups");
    expect_refused(field_.root(), 11, {"Could not"}, [&] {
        return workshop.update(field_.root(),
                               {"--bundle", strange, "--trust", workshop / "stranger of the lost.pub"});
    });
    const Ran ran = field_.update({"--bundle", common_bundle()});
    field_.expect_updated(ran);
    expect_says(ran.out + ran.err, told);
}

TEST_F(LostLedger, DatabasesThatWereThereAreNotBegunAnew) {
    fs::remove_all(field_ / "data");
    field_.remember();
    field_.expect_untouched(field_.apply(), 10, {"data/register.db", "there is no such file"});
}

TEST_F(LostLedger, ASwapThatMayNotHaveEndedNeedsAPerson) {
    const std::string beside = field_ / "data/.lockstep-3";
    fs::create_directories(beside);
    write_file(beside + "/main.db", "an old database, or a new one");
    field_.remember();
    for (int again = 0; again < 2; ++again)
        field_.expect_untouched(field_.apply(), 50, {beside, "the ledger, which knew it, is missing"});
    fs::rename(beside + "/main.db", beside + "/main.db.found");
    field_.expect_updated(field_.apply());
    EXPECT_TRUE(fs::exists(beside + "/main.db.found")) << "found once, and kept for good";
}

TEST(NoLedgerYet, IsNoLostOne) {
    const Installation field;
    EXPECT_EQ(field.update({"status"}).out.find(told), std::string::npos);
    const Ran ran = field.apply();
    field.expect_updated(ran);
    EXPECT_EQ((ran.out + ran.err).find(told), std::string::npos);
    EXPECT_EQ(field.update({"status"}).out.find(told), std::string::npos);
    expect_says(field.update({"history", "--json"}).out, "\"history_missing\":false");
}

} // namespace
} // namespace lockstep
