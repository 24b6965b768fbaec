// `update rollback`: to the byte where nothing was written since; else with what was written, or not at all.
#include "tests/support/release_desk.h"
#include "tests/support/sqlite_shell.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::string people = "SELECT id, name, place_id FROM person ORDER BY id";
const std::string revert = "ALTER TABLE person DROP COLUMN status;\n";

class Rollback : public testing::Test {
  protected:
    void update(const std::string& release = "1.1.0", const std::vector<std::string>& words = {}) {
        const Ran ran =
            workshop_.apply(root_, workshop_.bundle(workshop_ / ("release-" + release + ".toml")), words);
        ASSERT_EQ(ran.code, 0) << ran.err;
    }
    std::string rolled_back(const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"rollback"};
        words.insert(words.end(), more.begin(), more.end());
        const Ran ran = workshop_.update(root_, words);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return ran.out;
    }
    // It ends with `code`, and nothing is changed but the ledger.
    std::string refused(int code) {
        const Tree before = state();
        const Ran ran = workshop_.update(root_, {"rollback"});
        EXPECT_EQ(ran.code, code) << ran.out;
        EXPECT_EQ(differences(before, state()), "");
        return ran.err;
    }
    Tree state() const {
        Tree tree = tree_of(root_, true);
        tree.erase(".lockstep/ledger.db");
        tree.erase(".lockstep/ledger.db-journal");
        return tree;
    }
    std::string data(const std::string& sql) const { return sqlite(workshop_.database(root_), sql); }
    // The folder that a message names at its end.
    static std::string named_folder(const std::string& message) {
        const std::size_t begin = message.find(" in /") + 4;
        return message.substr(begin, message.find(".\n", begin) - begin);
    }

    std::set<std::string> kept_backups() const {
        std::set<std::string> kept;
        for (const auto& entry : fs::directory_iterator(root_ + "/.lockstep/backups"))
            kept.insert(entry.path().filename());
        return kept;
    }

    ReleaseDesk desk_;
    Workshop& workshop_ = desk_.workshop();
    const std::string root_ = workshop_.install("field");
};

void expect_part(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(Rollback, WithNothingWrittenIsToTheByte) {
    desk_.script(revert, "revert.sql"); // not needed, so not used
    const Tree before = tree_of(root_);
    update();
    data("SELECT * FROM person");
    expect_part(rolled_back(),
                "Nothing had been written since the update, so the data is to the byte what it was before.");
    EXPECT_EQ(differences(before, tree_of(root_)), "");
}

TEST_F(Rollback, MigratesBackWhatWasWritten) {
    desk_.script(revert, "revert.sql");
    const Tree before = tree_of(root_);
    update();
    data("INSERT INTO person(name, place_id, status) VALUES('New', 2, 'moved'); UPDATE person SET name = "
         "'Other' WHERE id = 3;"
         "DELETE FROM person WHERE id = 4; INSERT INTO place VALUES(3, 'Ð')");
    const std::string newer = data(people);
    const std::string message = rolled_back();
    expect_part(message,
                "What was written since the update was migrated back. The newer database was kept in ");
    EXPECT_EQ(data(people), newer);
    expect_part(newer, "51|New|2\n");
    EXPECT_EQ(data("SELECT name FROM place WHERE id = 3"), "Ð\n");
    EXPECT_EQ(differences(before, tree_of(root_)), "data/register.db differs\n");
    EXPECT_EQ(sqlite(named_folder(message) + "/main.db", "SELECT status FROM person WHERE id = 51"),
              "moved\n");
    expect_part(workshop_.update(root_, {"history"}).out, "1.1.0/revert.sql");
    update(); // and forward again, with what was written
    EXPECT_EQ(data(people), newer);
}

TEST_F(Rollback, WithoutARevertScriptSaysWhatWasWritten) {
    update();
    data("INSERT INTO person(name) VALUES('a'), ('b'), ('c'); UPDATE person SET status = 'moved' WHERE id IN "
         "(2, 4);"
         "DELETE FROM person WHERE id = 7; INSERT INTO place VALUES(3, 'x');"
         "CREATE TABLE scratch(x); INSERT INTO scratch VALUES(1), (2)");
    const std::string message = refused(10);
    expect_part(message, "  table person: 3 rows added, 2 changed, 1 removed\n");
    expect_part(message, "  table place: 1 rows added, 0 changed, 0 removed\n");
    expect_part(message, "  table scratch: 2 rows added, 0 changed, 0 removed\n");
    expect_part(message, "use --set-newer-aside");
}

TEST_F(Rollback, AWriteThatLeftNoRowOtherwiseIsAWriteToo) {
    update();
    data("UPDATE person SET name = name");
    expect_part(refused(10), "no row of any table differs from what the update left");
}

TEST_F(Rollback, SetsTheNewerDatabaseAside) {
    const Tree before = tree_of(root_);
    update();
    data("INSERT INTO person(name) VALUES('New')");
    const std::string message = rolled_back({"--set-newer-aside"});
    EXPECT_EQ(differences(before, tree_of(root_)), "");
    expect_part(message, "The newer database was set aside in ");
    EXPECT_EQ(sqlite(named_folder(message) + "/main.db", "SELECT name, status FROM person WHERE id = 51"),
              "New|active\n");
}

TEST_F(Rollback, KeepsRowsOfATableThatOnlyTheNewerVersionHas) {
    desk_.script(
        "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';"
        "CREATE TABLE visit(id INTEGER PRIMARY KEY, day TEXT); INSERT INTO visit VALUES(1, 'first');");
    desk_.script(revert + "DROP TABLE visit;\n", "revert.sql");
    update();
    data("INSERT INTO visit(day) VALUES('a'), ('b')");
    const std::string message = refused(10);
    expect_part(message, "to tables that the older version doesn't have would be lost:\n  table visit: 2 "
                         "rows added, 0 changed, 0 removed\n");
    data("DELETE FROM visit WHERE id > 1; UPDATE visit SET day = 'other'");
    expect_part(refused(10), "  table visit: 0 rows added, 1 changed, 0 removed\n");
    data("UPDATE visit SET day = 'first'");
    rolled_back();
}

// A column that the update moved to a table of its own moves back, with the rows added since.
TEST_F(Rollback, TakesMovedColumnsBackFromTheirNewTable) {
    desk_.script("ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';"
                 "CREATE TABLE home(person_id INTEGER PRIMARY KEY REFERENCES person(id), place_id INTEGER);"
                 "INSERT INTO home SELECT id, place_id FROM person WHERE place_id IS NOT NULL;"
                 "ALTER TABLE person DROP COLUMN place_id;");
    desk_.script(
        "CREATE TABLE person_old(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE,"
        "place_id INTEGER REFERENCES place(id));"
        "INSERT INTO person_old SELECT id, name, home.place_id FROM person LEFT JOIN home ON person_id = id;"
        "DROP TABLE home; DROP TABLE person; ALTER TABLE person_old RENAME TO person;"
        "CREATE INDEX person_name ON person(name);",
        "revert.sql");
    desk_.declare("moved_columns = { \"person.place_id\" = \"home.place_id\" }\n");
    update();
    data("INSERT INTO person(name) VALUES('New'); INSERT INTO home VALUES(51, 2)");
    rolled_back();
    EXPECT_EQ(data("SELECT name, place_id FROM person WHERE id = 51"), "New|2\n");
}

TEST_F(Rollback, AFailingRevertChangesNothing) {
    desk_.script("SELECT require(count(*) < 51, 'too many to go back') FROM person;\n" + revert,
                 "revert.sql");
    update();
    data("INSERT INTO person(name) VALUES('New')");
    const std::string message = refused(20);
    expect_part(message, "1.1.0/revert.sql line 1: too many to go back");
    expect_part(message, "Go on with version 1.1.0; or, to go back all the same, use --set-newer-aside");
    desk_.script("DELETE FROM person WHERE id > 50;\n" + revert, "revert.sql");
}

TEST_F(Rollback, ALossOnTheWayBackIsFound) {
    desk_.script("DELETE FROM person WHERE id > 50;\n" + revert, "revert.sql");
    update();
    data("INSERT INTO person(name) VALUES('New')");
    const std::string message = refused(21);
    expect_part(message, "table person: 1 of 51 rows is gone (key 51)");
    expect_part(message, "Go on with version 1.1.0; or, to go back all the same, use --set-newer-aside");
    EXPECT_EQ(offered(message), ""); // nothing can be declared of the way back
}

TEST_F(Rollback, CodeChangedSinceIsRefused) {
    update();
    write_file(root_ + "/lib/changed.txt", "mine");
    fs::remove(root_ + "/lib/added.txt");
    const std::string message = refused(10);
    expect_part(message, "the code was changed since the update:");
    expect_part(message, "\n  lib/changed.txt was changed");
    expect_part(message, "\n  lib/added.txt is missing");
}

TEST_F(Rollback, ADamagedBackupIsNamed) {
    update();
    const std::string backup = root_ + "/.lockstep/backups/1/backup/main.db";
    const std::string bytes = read_file(backup);
    std::string damaged = bytes;
    damaged[5000] ^= 1;
    write_file(backup, damaged, 0600);
    expect_part(refused(21), backup);
    fs::remove(backup);
    expect_part(refused(21), backup);
    write_file(backup, bytes, 0600);
    for (const auto& entry : fs::recursive_directory_iterator(root_ + "/.lockstep/backups/1/slots"))
        if (entry.is_regular_file() && read_file(entry.path()) == "only in 1.0.0\n")
            write_file(entry.path(), "x", 0644);
    expect_part(refused(21), "lib/removed.txt");
}

TEST_F(Rollback, ABackupThatIsNoLongerKeptIsSaid) {
    update();
    fs::remove_all(root_ + "/.lockstep/backups/1");
    const std::string message = refused(10);
    expect_part(message, "the backup of version 1.0.0 is no longer kept");
    expect_part(message, "Go on with version 1.1.0.");
}

TEST_F(Rollback, OfNothingIsSaid) {
    const Tree before = tree_of(root_, true);
    const Ran ran = workshop_.update(root_, {"rollback"});
    EXPECT_EQ(ran.code, 10);
    expect_part(ran.err, "no update was made here that could be taken back");
    EXPECT_EQ(differences(before, tree_of(root_, true)), "");
}

TEST_F(Rollback, TwoUpdatesAreTakenBackOneByOne) {
    workshop_.release("1.2.0", {"1.1.0"});
    const Tree first = tree_of(root_);
    update();
    const Tree second = tree_of(root_);
    update("1.2.0");
    rolled_back();
    EXPECT_EQ(differences(second, tree_of(root_)), "");
    expect_part(workshop_.update(root_, {"status"}).out, "`update rollback` would go back to version 1.0.0.");
    rolled_back();
    EXPECT_EQ(differences(first, tree_of(root_)), "");
    EXPECT_EQ(workshop_.update(root_, {"rollback"}).code, 10);
}

TEST_F(Rollback, KeepsFilesThatTheUserChanged) {
    update();
    EXPECT_EQ(read_file(root_ + "/settings.ini"), "language = en\n");
    write_file(root_ + "/settings.ini", "language = da\n");
    write_file(root_ + "/lib/mine.txt", "mine");
    rolled_back();
    EXPECT_EQ(read_file(root_ + "/settings.ini"), "language = da\n");
    EXPECT_EQ(read_file(root_ + "/lib/mine.txt"), "mine");
    EXPECT_EQ(read_file(root_ + "/lib/changed.txt"), "old\n");
}

TEST_F(Rollback, OfAWalDatabaseLeavesNoSidecarOfTheNewerOne) {
    data("PRAGMA journal_mode=WAL");
    const Tree before = tree_of(root_);
    update();
    EXPECT_EQ(data("PRAGMA journal_mode"), "wal\n");
    rolled_back();
    EXPECT_EQ(differences(before, tree_of(root_)), "");

    update("1.1.0", {});
    SqliteShell application(workshop_.database(root_));
    application.run("INSERT INTO person(name) VALUES('In the WAL');");
    application.kill();
    ASSERT_TRUE(fs::exists(workshop_.database(root_) + "-wal"));
    const std::string message = rolled_back({"--set-newer-aside"});
    EXPECT_EQ(differences(before, tree_of(root_)), "");
    EXPECT_EQ(sqlite(named_folder(message) + "/main.db", "SELECT name FROM person WHERE id = 51"),
              "In the WAL\n");
}

// It is the only copy of what was written: however often the update comes and goes, it stays.
TEST_F(Rollback, WhatWasSetAsideIsKeptForGood) {
    update();
    data("INSERT INTO person(name) VALUES('New')");
    const std::string folder = named_folder(rolled_back({"--set-newer-aside"}));
    const std::string newer = read_file(folder + "/main.db");
    for (int time = 0; time < 3; ++time) {
        update();
        rolled_back();
    }
    EXPECT_EQ(read_file(folder + "/main.db"), newer);
    EXPECT_EQ(kept_backups(), (std::set<std::string>{"2", "6", "7", "8"}));
    expect_part(workshop_.update(root_, {"status"}).out,
                "The newer database that rollback 2 set aside is kept for good in " + folder + ".\n");
    expect_part(workshop_.update(root_, {"status", "--json"}).out,
                R"("set_aside":[{"transaction":2,"folder":")" + folder + R"("}])");
}

// 1.3.0 to 1.7.0 change the code only.
TEST_F(Rollback, FiveUpdatesKeepTheLastThreeBackups) {
    std::string previous = "1.0.0";
    for (const std::string version : {"1.3.0", "1.4.0", "1.5.0", "1.6.0", "1.7.0"}) {
        fs::copy(workshop_ / ("app-" + previous), workshop_ / ("app-" + version),
                 fs::copy_options::recursive);
        write_file(workshop_ / ("app-" + version + "/lib/changed.txt"), "of " + version);
        fs::copy_file(desk_.sample(), workshop_ / ("samples/register-" + version + ".db"));
        fs::remove_all(workshop_ / "migrations/1.1.0");
        fs::remove_all(workshop_ / "migrations/1.2.0");
        workshop_.release(version, {previous});
        update(version);
        previous = version;
    }
    EXPECT_EQ(kept_backups(), (std::set<std::string>{"3", "4", "5"}));
    rolled_back();
    EXPECT_EQ(read_file(root_ + "/lib/changed.txt"), "of 1.6.0");
}

} // namespace
} // namespace lockstep
