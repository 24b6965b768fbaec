// The application is running, or another updater: try later, and nothing is touched.
#include "tests/support/background_program.h"
#include "tests/support/installation.h"
#include "tests/support/sqlite_shell.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

const std::string close_it = "Close the application everywhere, and try again.";

std::string name_of(const SqliteShell& shell) {
    return "sqlite3 (" + std::to_string(shell.process()) + ")";
}

// An application that has the database open, and what it did with it before the update begins.
void expect_busy(const std::string& journal_mode, const std::string& application_does) {
    Installation field;
    field.sql("PRAGMA journal_mode=" + journal_mode);
    SqliteShell application(field.database());
    application.run(application_does);
    field.remember();
    for (const std::vector<std::string>& words : {std::vector<std::string>{}, {"check"}}) {
        const Ran ran = field.apply(words);
        EXPECT_EQ(ran.code, 13) << ran.err;
        for (const std::string& part : {"it is in use by " + name_of(application), close_it})
            EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
        Tree before = field.before();
        Tree after = tree_of(field.root(), true);
        before.erase("data/register.db-shm"); // marks of who reads what, which every reader writes to
        after.erase("data/register.db-shm");
        EXPECT_EQ(differences(before, after), "") << application_does;
    }
    EXPECT_EQ(application.run("SELECT count(*) FROM person WHERE id <= 50;"), "50\n");
    application.quit();
    field.expect_updated(field.apply());
}

TEST(Busy, AnApplicationThatIsIdle) {
    expect_busy("DELETE", "SELECT 1 FROM person LIMIT 1;");
    expect_busy("WAL", "SELECT 1 FROM person LIMIT 1;");
}

TEST(Busy, AnApplicationThatReads) {
    expect_busy("DELETE", "BEGIN; SELECT count(*) FROM person;");
    expect_busy("WAL", "BEGIN; SELECT count(*) FROM person;");
}

TEST(Busy, AnApplicationThatWrites) {
    for (const std::string mode : {"DELETE", "WAL"}) {
        expect_busy(mode, "BEGIN IMMEDIATE; INSERT INTO person(name,place_id) VALUES('soon',1);");
        expect_busy(mode, "BEGIN EXCLUSIVE; INSERT INTO person(name,place_id) VALUES('soon',1);");
        expect_busy(mode,
                    "PRAGMA locking_mode=EXCLUSIVE; INSERT INTO person(name,place_id) VALUES('soon',1);");
    }
}

TEST(Busy, AnApplicationThatWroteToItsWal) {
    expect_busy("WAL",
                "PRAGMA wal_autocheckpoint=0; INSERT INTO person(name,place_id) VALUES('in the WAL',1);");
}

TEST(Busy, AnApplicationThatOnlyRuns) {
    const Installation field;
    BackgroundProgram application({field / "app", "600"});
    field.expect_untouched(field.apply(), 13,
                           {"app (" + std::to_string(application.process()) + ")", close_it});
    application.end();
    field.expect_updated(field.apply());
}

TEST(Busy, AnotherUpdater) {
    const Installation field;
    BackgroundProgram other({"flock", "--no-fork", field.root(), "sleep", "600"});
    while (run({"flock", "--nonblock", field.root(), "true"}).code == 0) ::usleep(1000);
    field.expect_untouched(field.apply(), 13,
                           {"another updater is running there", "Wait until it has ended"});
    field.expect_untouched(field.update({"rollback"}), 13, {"another updater is running there"});
    other.end();
    field.expect_updated(field.apply());
}

TEST(Busy, ARollbackWhileTheApplicationRuns) {
    Installation field;
    const Tree before = tree_of(field.root());
    field.expect_updated(field.apply());
    {
        BackgroundProgram application({field / "app", "600"});
        field.remember();
        const Ran ran = field.update({"rollback"});
        EXPECT_EQ(ran.code, 13) << ran.err;
        EXPECT_NE(ran.err.find("app (" + std::to_string(application.process()) + ")"), std::string::npos)
            << ran.err;
        Tree kept;
        for (const auto& [path, content] : field.before())
            if (!path.starts_with(".lockstep")) kept.emplace(path, content);
        EXPECT_EQ(differences(kept, tree_of(field.root())), "");
    }
    const Ran back = field.update({"rollback"});
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(field.root())), "");
}

} // namespace
} // namespace lockstep
