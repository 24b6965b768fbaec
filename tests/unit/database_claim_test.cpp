// That nobody else has a database open, not even idle: locked_database.h, claim_alone().
#include "sqlite_shell.h"
#include "temporary_folder.h"
#include "updater/locked_database.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr int moment_ms = 500; // long enough for an opener to get stuck

class DatabaseClaim : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        asked(path, "PRAGMA journal_mode=" + std::string(GetParam()) +
                        ";\nCREATE TABLE a(b);\nINSERT INTO a VALUES(1);");
    }
    TemporaryFolder folder;
    std::string path = folder / "clinic.db";
};
INSTANTIATE_TEST_SUITE_P(JournalMode, DatabaseClaim, testing::Values("DELETE", "WAL"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(DatabaseClaim, HoldsWhereNobodyHasItOpen) {
    LockedDatabase locked(path);
    EXPECT_FALSE(locked.still_alone()) << "nothing was claimed yet";
    EXPECT_TRUE(locked.claim_alone());
    EXPECT_TRUE(locked.still_alone());
    locked.unclaim();
    EXPECT_FALSE(locked.still_alone());
    EXPECT_NE(asked(path, "SELECT * FROM a;").find("locked"), std::string::npos) << "the lock stays";
}

TEST_P(DatabaseClaim, SeesAnIdleConnection) {
    LockedDatabase locked(path);
    SqliteShell idle(path);
    EXPECT_NE(idle.run("SELECT * FROM a;").find("locked"), std::string::npos); // it keeps the file open
    EXPECT_FALSE(locked.claim_alone());
    EXPECT_FALSE(locked.still_alone());
    idle.kill();
    EXPECT_TRUE(locked.claim_alone());
}

TEST_P(DatabaseClaim, MakesAnOpenerWaitAndTellsOfIt) {
    LockedDatabase locked(path);
    ASSERT_TRUE(locked.claim_alone());
    SqliteShell opener(path);
    opener.send("SELECT * FROM a;");
    EXPECT_EQ(opener.answer(moment_ms), "waiting");
    EXPECT_FALSE(locked.still_alone());
    locked.release();
    EXPECT_EQ(opener.answer(), "1\n");
}

TEST_P(DatabaseClaim, GivenUpLetsAWaitingOpenerGoOnIntoTheLock) {
    LockedDatabase locked(path);
    ASSERT_TRUE(locked.claim_alone());
    SqliteShell opener(path);
    opener.send("SELECT * FROM a;");
    EXPECT_EQ(opener.answer(moment_ms), "waiting");
    locked.unclaim();
    EXPECT_NE(opener.answer().find("locked"), std::string::npos);
}

// The moment of a swap: it opened the old file by its old name, and must not write where nobody will look.
TEST_P(DatabaseClaim, AnOpenerThatWaitedThroughASwapFindsNoDatabase) {
    LockedDatabase locked(path);
    ASSERT_TRUE(locked.claim_alone());
    SqliteShell opener(path);
    opener.send("INSERT INTO a VALUES(2);");
    ASSERT_EQ(opener.answer(moment_ms), "waiting");
    system_files().rename(path, folder / "aside.db");
    locked.invalidate();
    locked.release();
    EXPECT_NE(opener.answer().find("file is not a database"), std::string::npos);
}

// Another user's process gets no lease: it looks for holders instead.
TEST_P(DatabaseClaim, WithoutALeaseLooksForHolders) {
    if (!is_privileged()) GTEST_SKIP() << "needs root, to become a user who doesn't own the file";
    system_files().set_mode(folder.path(), 0777);
    system_files().set_mode(path, 0666);
    SqliteShell idle(path);
    const auto in_another_user = [&](const auto& question) {
        const pid_t child = ::fork();
        if (child == 0) {
            if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(3);
            LockedDatabase locked(path);
            ::_exit(question(locked) ? 1 : 0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WEXITSTATUS(status);
    };
    EXPECT_EQ(
        in_another_user([](LockedDatabase& locked) { return locked.claim_alone() && locked.still_alone(); }),
        1);
}

} // namespace
} // namespace lockstep
