// A release's program that runs in a migration: what it and others can do to the databases meanwhile.
#include "tests/support/release_desk.h"
#include "tests/support/sqlite_shell.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace lockstep {
namespace {

const std::string usual = "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n";

class MigrationProgram : public testing::Test {
  protected:
    // In the installation only, where the file `when` is there; $0 is the trial copy.
    void program(const std::string& shell) {
        write_file(workshop_ / "migrations/1.1.0/program.run.toml",
                   "argv = [\"/bin/sh\", \"-c\", '''[ ! -e " + when_ + " ] || { " + shell +
                       "; }''']\ntimeout_s = 20\n");
    }
    // A write of another process to the live database, and what came of it.
    std::string write_elsewhere() const {
        return "echo \"INSERT INTO place(name) VALUES(char(108,111,115,116))\" | sqlite3 " + database_ +
               " >" + said_ + " 2>&1; true";
    }
    void expect_locked() const {
        EXPECT_NE(read_file(said_).find("database is locked"), std::string::npos) << read_file(said_);
        EXPECT_EQ(sqlite(database_, "SELECT count(*) FROM place WHERE name = 'lost'"), "0\n");
    }
    void update() {
        const Ran ran = workshop_.apply(root_, workshop_.bundle(desk_.release()));
        ASSERT_EQ(ran.code, 0) << ran.err;
    }

    ReleaseDesk desk_;
    Workshop& workshop_ = desk_.workshop();
    const std::string root_ = workshop_.install("field");
    const std::string database_ = workshop_.database(root_);
    const std::string when_ = workshop_ / "when";
    const std::string said_ = workshop_ / "said";
};

// The program runs in a preview, which is copied from the live tree: to open the live database for that would
// drop its lock.
TEST_F(MigrationProgram, LeavesTheLiveDatabaseLocked) {
    desk_.script(usual);
    program(write_elsewhere());
    const std::string bundle = workshop_.bundle(desk_.release());
    write_file(when_, "");
    const Ran ran = workshop_.apply(root_, bundle);
    EXPECT_EQ(ran.code, 0) << ran.err;
    expect_locked();
}

// A rollback runs it again, to tell what was written since.
TEST_F(MigrationProgram, LeavesTheLiveDatabaseLockedInARollbackToo) {
    desk_.script(usual + "CREATE TABLE visit(id INTEGER PRIMARY KEY);\n");
    desk_.script("ALTER TABLE person DROP COLUMN status; DROP TABLE visit;\n", "revert.sql");
    program(write_elsewhere());
    update();
    write_file(when_, "");
    sqlite(database_, "INSERT INTO person(name) VALUES('New')");
    const Ran ran = workshop_.update(root_, {"rollback"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    expect_locked();
    EXPECT_EQ(sqlite(database_, "SELECT name FROM person WHERE id = 51"), "New\n");
}

// It is ended in the middle of a transaction: the journal that it leaves belongs to its trial copy, not to
// the next one.
TEST_F(MigrationProgram, LeavesNoJournalBesideTheNextTrialCopy) {
    desk_.script(usual + "CREATE TABLE visit(id INTEGER PRIMARY KEY);\n");
    desk_.script("ALTER TABLE person DROP COLUMN status; DROP TABLE visit;\n", "revert.sql");
    program("printf \"PRAGMA cache_size = 1; BEGIN; UPDATE person SET name = hex(zeroblob(3000));\\n"
            ".shell kill -9 \\$PPID\\n\" | sqlite3 $0; ls $0-journal >" +
            said_ + "; exit 1");
    update();
    write_file(when_, "");
    sqlite(database_, "UPDATE person SET name = 'New ' || id");
    const std::string people = "SELECT id, name, place_id FROM person ORDER BY id";
    const std::string written = sqlite(database_, people);
    const Ran ran = workshop_.update(root_, {"rollback"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(read_file(said_).find("-journal"), std::string::npos) << "the program left no journal";
    EXPECT_EQ(sqlite(database_, people), written);
}

// Whether rows of a table that only the newer version has were changed since can't be told then: they aren't
// dropped.
TEST_F(MigrationProgram, ThatCantRunAgainLetsNoRowBeDropped) {
    desk_.script(
        usual +
        "CREATE TABLE visit(id INTEGER PRIMARY KEY, day TEXT); INSERT INTO visit VALUES(1, 'first');\n");
    desk_.script("ALTER TABLE person DROP COLUMN status; DROP TABLE visit;\n", "revert.sql");
    program("exit 1");
    update();
    write_file(when_, "");
    sqlite(database_, "UPDATE visit SET day = 'other'");
    Tree before = tree_of(root_);
    const Ran ran = workshop_.update(root_, {"rollback"});
    EXPECT_EQ(ran.code, 10) << ran.out;
    EXPECT_NE(ran.err.find("\n  table visit: 1 rows, which can't be compared with what the update left\n"),
              std::string::npos)
        << ran.err;
    EXPECT_EQ(differences(before, tree_of(root_)), "");
}

} // namespace
} // namespace lockstep
