// What an application leaves in and beside its database: journals, a WAL, settings of the file. No committed
// row is lost, and what belongs to the application is the same after the update.
#include "tests/support/installation.h"
#include "tests/support/sqlite_shell.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> sidecars_of(const std::string& database) {
    std::vector<std::string> found;
    for (const std::string suffix : {"-wal", "-shm", "-journal"})
        if (fs::exists(database + suffix)) found.push_back(suffix);
    return found;
}

// Committed rows that stand in the -wal alone; then the application is killed.
void leave_a_wal(const Installation& field, int rows = 20) {
    SqliteShell application(field.database());
    application.run("PRAGMA wal_autocheckpoint=0; PRAGMA journal_mode=WAL;");
    for (int i = 0; i < rows; ++i)
        application.run("INSERT INTO person(name,place_id) VALUES('in the WAL',1);");
    application.kill();
    ASSERT_GT(fs::file_size(field.database() + "-wal"), 0U);
}

// A transaction that was written to the file and not committed; then the application is killed.
void leave_a_hot_journal(const Installation& field) {
    SqliteShell application(field.database());
    application.run("PRAGMA cache_size=5; BEGIN; UPDATE person SET name='not committed ' || id;");
    application.kill();
    ASSERT_GT(fs::file_size(field.database() + "-journal"), 0U);
}

void expect_same_people_after_update(Installation& field, const std::string& people) {
    field.expect_updated(field.apply());
    EXPECT_EQ(field.people(), people);
    EXPECT_EQ(field.sql("SELECT DISTINCT status FROM person; PRAGMA integrity_check"), "active\nok\n");
    EXPECT_EQ(field.update({"rollback"}).code, 0);
    EXPECT_EQ(field.people(), people);
    EXPECT_EQ(field.sql("PRAGMA integrity_check"), "ok\n");
}

TEST(DatabaseState, KeepsEveryCommittedRowOfAWalThatAKilledApplicationLeft) {
    Installation field;
    leave_a_wal(field);
    const std::string people = field.people();
    ASSERT_NE(people.find("in the WAL"), std::string::npos);
    field.expect_updated(field.apply());
    EXPECT_EQ(sidecars_of(field.database()), std::vector<std::string>{});
    EXPECT_EQ(field.people(), people);
    EXPECT_EQ(field.sql("PRAGMA journal_mode"), "wal\n");
    EXPECT_EQ(field.update({"rollback"}).code, 0);
    EXPECT_EQ(sidecars_of(field.database()), std::vector<std::string>{});
    EXPECT_EQ(field.people(), people);
    EXPECT_EQ(field.sql("PRAGMA journal_mode; PRAGMA integrity_check"), "wal\nok\n");
}

// Refused before anything is locked: the -wal is as it was, to the byte.
TEST(DatabaseState, LeavesAWalAloneWhereTheUpdateIsRefused) {
    Installation field;
    leave_a_wal(field);
    write_file(field / "lib/changed.txt", "changed by hand\n");
    const std::string people = field.people();
    field.remember();
    const Ran ran = field.apply();
    EXPECT_EQ(ran.code, 10) << ran.err;
    Tree before = field.before();
    Tree after = tree_of(field.root(), true);
    before.erase("data/register.db-shm"); // SQLite's index of the -wal, rebuilt by whoever reads it first
    after.erase("data/register.db-shm");
    EXPECT_EQ(differences(before, after), "");
    EXPECT_EQ(field.people(), people);
}

TEST(DatabaseState, LeavesNoWalBesideADatabaseInWalModeThatHadNone) {
    Installation field;
    field.sql("PRAGMA journal_mode=WAL");
    field.remember();
    ASSERT_EQ(sidecars_of(field.database()), std::vector<std::string>{});
    field.expect_untouched(field.apply({"check"}), 0, {"would succeed"});
    write_file(field / "lib/changed.txt", "changed by hand\n");
    field.remember();
    field.expect_untouched(field.apply(), 10, {"lib/changed.txt was changed"});
    write_file(field / "lib/changed.txt", "old\n");
    field.remember();
    field.expect_updated(field.apply());
    EXPECT_EQ(sidecars_of(field.database()), std::vector<std::string>{});
    EXPECT_EQ(field.sql("PRAGMA journal_mode"), "wal\n");
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(DatabaseState, RollsBackAHotJournalThatAKilledApplicationLeft) {
    Installation field("1.0.0", 5000);
    const std::string people = field.people();
    const std::string bytes = read_file(field.database());
    leave_a_hot_journal(field);
    ASSERT_NE(read_file(field.database()), bytes);
    expect_same_people_after_update(field, people);
    EXPECT_EQ(sidecars_of(field.database()), std::vector<std::string>{});
}

// SQLite's own recovery may run where an update is refused; what was committed is what stays.
TEST(DatabaseState, KeepsWhatWasCommittedWhereAnUpdateIsRefusedOverAHotJournal) {
    Installation field("1.0.0", 5000);
    write_file(field / "lib/changed.txt", "changed by hand\n");
    field.remember();
    leave_a_hot_journal(field);
    field.expect_untouched(field.apply(), 10, {"lib/changed.txt was changed"});
}

TEST(DatabaseState, LeavesNoJournalOfTheOldBesideTheNew) {
    for (const std::string mode : {"PERSIST", "TRUNCATE"}) {
        Installation field;
        field.sql("PRAGMA journal_mode=" + mode + "; UPDATE person SET name='Ñ' || id WHERE id<10;");
        ASSERT_EQ(sidecars_of(field.database()), std::vector<std::string>{"-journal"}) << mode;
        const std::string people = field.people();
        expect_same_people_after_update(field, people);
    }
}

// Settings of the file that belong to the application: same after as before, and back to the byte.
TEST(DatabaseState, KeepsTheSettingsOfTheFile) {
    const std::string settings =
        "PRAGMA encoding; PRAGMA page_size; PRAGMA auto_vacuum; PRAGMA application_id; "
        "PRAGMA user_version; PRAGMA journal_mode; SELECT * FROM sqlite_sequence;";
    for (const std::string own : {"PRAGMA encoding='UTF-16le'; PRAGMA auto_vacuum=FULL;",
                                  "PRAGMA encoding='UTF-16be'; PRAGMA page_size=512;",
                                  "PRAGMA page_size=65536; PRAGMA auto_vacuum=INCREMENTAL;",
                                  "PRAGMA page_size=1024; PRAGMA journal_mode=WAL;"}) {
        Installation field;
        fs::remove(field.database());
        field.sql(own + "PRAGMA application_id=12345; PRAGMA user_version=7;" + register_schema("1.0.0") +
                  register_rows("1.0.0", 300) + "DELETE FROM person WHERE id > 250;");
        field.remember();
        const std::string people = field.people();
        const std::string before = field.sql(settings);
        field.expect_updated(field.apply());
        EXPECT_EQ(field.people(), people) << own;
        EXPECT_EQ(field.sql(settings), before) << own;
        EXPECT_EQ(field.sql("PRAGMA integrity_check"), "ok\n") << own;
        field.expect_rolled_back(field.update({"rollback"}));
    }
}

TEST(DatabaseState, LeavesEverythingAsItWasWhereTheMigrationFails) {
    Workshop& workshop = common_workshop();
    write_file(workshop / "broken/1.1.0/all.sql",
               "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n"
               "SELECT require(count(*) < 30, 'more than 30 people') FROM person;\n");
    const std::string release = workshop / "release-broken.toml";
    std::string text = read_file(workshop / "release-1.1.0.toml");
    text.replace(text.find("\"migrations\""), 12, "\"broken\"");
    write_file(release, text);
    const std::string bundle = workshop.bundle(release);
    for (const std::string mode : {"DELETE", "WAL", "PERSIST"}) {
        Installation field;
        field.sql("PRAGMA journal_mode=" + mode);
        fs::permissions(field.database(), fs::perms(0640));
        field.remember();
        const Ran ran = field.apply(bundle, {});
        EXPECT_EQ(ran.code, 20) << ran.err;
        EXPECT_NE(ran.err.find("more than 30 people"), std::string::npos) << ran.err;
        EXPECT_NE(ran.err.find("exactly as they were"), std::string::npos) << ran.err;
        Tree state = tree_of(field.root(), true); // what failed here is remembered
        std::erase_if(state,
                      [](const auto& entry) { return entry.first.starts_with(".lockstep/ledger.db"); });
        state.erase(".lockstep");
        state.erase(".lockstep/work");
        EXPECT_EQ(differences(field.before(), state), "") << mode;
    }
}

} // namespace
} // namespace lockstep
