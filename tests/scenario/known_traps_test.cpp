// DESIGN.md section 5, "What has cost others their data": each that a whole run can show. The parts' own
// tests are in tests/unit (migration, schema, loss, engine support).
#include "tests/support/release_desk.h"
#include "tests/support/sqlite_shell.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::string usual = "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n";

void expect_part(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

class KnownTraps : public testing::Test {
  protected:
    // In the sample and in the installation alike.
    void given(const std::string& sql) {
        sqlite(desk_.sample(), sql);
        sqlite(database_, sql);
    }
    Ran update() { return workshop_.apply(root_, workshop_.bundle(desk_.release())); }
    void updated() {
        const Ran ran = update();
        ASSERT_EQ(ran.code, 0) << ran.err;
    }
    // The rehearsal ends with `code`, changing nothing.
    std::string refused(int code) {
        std::string left;
        const Ran ran = desk_.watched(left);
        EXPECT_EQ(ran.code, code) << ran.out << ran.err;
        EXPECT_EQ(left, "");
        return ran.err;
    }
    // The update ends with `code`, changing nothing.
    std::string refused_here(int code, const std::string& bundle) {
        const Tree before = tree_of(root_);
        const Ran ran = workshop_.apply(root_, bundle);
        EXPECT_EQ(ran.code, code) << ran.out;
        EXPECT_EQ(differences(before, tree_of(root_)), "");
        return ran.err;
    }
    std::string data(const std::string& sql) const { return sqlite(database_, sql); }

    ReleaseDesk desk_;
    Workshop& workshop_ = desk_.workshop();
    const std::string root_ = workshop_.install("field");
    const std::string database_ = workshop_.database(root_);
};

TEST_F(KnownTraps, DroppingATableFiresNoForeignKeyAction) {
    given("CREATE TABLE visit(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id) ON DELETE "
          "CASCADE);"
          "INSERT INTO visit(person_id) SELECT id FROM person;");
    desk_.script(
        "PRAGMA foreign_keys=ON;\n"
        "CREATE TABLE person_new(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE,"
        " place_id INTEGER REFERENCES place(id), status TEXT NOT NULL DEFAULT 'active');\n"
        "INSERT INTO person_new(id, name, place_id) SELECT id, name, place_id FROM person;\n"
        "DROP TABLE person;\nALTER TABLE person_new RENAME TO person;\nCREATE INDEX person_name ON "
        "person(name);\n");
    updated();
    EXPECT_EQ(data("SELECT count(*), count(DISTINCT person_id) FROM visit"), "50|50\n");
}

// What is in the -wal of an application that was killed is data like any other; and it is in no way of the
// new database.
TEST_F(KnownTraps, ALiveWalIsCopiedAndNeverReplayedIntoAnotherDatabase) {
    data("PRAGMA journal_mode=WAL");
    SqliteShell application(database_);
    application.run("PRAGMA wal_autocheckpoint=0; INSERT INTO person(name) VALUES('Only in the WAL');");
    application.kill();
    ASSERT_GT(fs::file_size(database_ + "-wal"), 0U);
    updated();
    EXPECT_FALSE(fs::exists(database_ + "-wal"));
    EXPECT_FALSE(fs::exists(database_ + "-shm"));
    EXPECT_EQ(data("SELECT name, status FROM person WHERE id = 51"), "Only in the WAL|active\n");
    EXPECT_EQ(data("PRAGMA integrity_check; PRAGMA journal_mode"), "ok\nwal\n");
}

TEST_F(KnownTraps, RowsThatAnUnfinishedTransactionLeftAreTakenBackFirst) {
    SqliteShell application(database_);
    application.run("PRAGMA cache_size=1; BEGIN; UPDATE person SET name = name || printf('%1000s', 'x');"
                    "INSERT INTO person(name) SELECT name FROM person;");
    application.kill();
    ASSERT_GT(fs::file_size(database_ + "-journal"), 0U);
    updated();
    EXPECT_EQ(data("SELECT count(*), max(length(name)) FROM person"), "50|6\n");
    EXPECT_FALSE(fs::exists(database_ + "-journal"));
}

// A migration may make another schema of other data: the laptop's has to be the rehearsed one.
TEST_F(KnownTraps, ATriggerThatIsLostOnlyHereIsFoundByTheSchema) {
    given("CREATE TRIGGER no_x BEFORE INSERT ON person WHEN NEW.name = 'x' BEGIN SELECT RAISE(ABORT, 'no'); "
          "END;");
    desk_.script(usual);
    write_file(workshop_ / "migrations/1.1.0/rebuild.run.toml",
               "argv = [\"/bin/sh\", \"-c\", '''[ $(sqlite3 $0 'SELECT count(*) FROM person') -lt 20 ] || "
               "sqlite3 $0 "
               "'DROP TRIGGER no_x' ''']\ntimeout_s = 20\n");
    const std::string message = refused_here(21, workshop_.bundle(desk_.release()));
    expect_part(message, "data/register.db: its schema is not the rehearsed one:\n  trigger no_x is missing");
}

TEST_F(KnownTraps, TwoSamplesThatEndInTwoSchemasAreRefused) {
    given("CREATE TRIGGER no_x BEFORE INSERT ON person WHEN NEW.name = 'x' BEGIN SELECT RAISE(ABORT, 'no'); "
          "END;");
    desk_.script(usual);
    write_file(workshop_ / "migrations/1.1.0/rebuild.run.toml",
               "argv = [\"/bin/sh\", \"-c\", '''[ $(sqlite3 $0 'SELECT count(*) FROM person') -lt 20 ] || "
               "sqlite3 $0 "
               "'DROP TRIGGER no_x' ''']\n");
    const Ran ran = desk_.rehearse({"--db", database_});
    EXPECT_EQ(ran.code, 21);
    expect_part(ran.err,
                "from 1.0.0 another schema comes out than from the ones before:\n  trigger no_x is missing");
}

// Renamed away first, the table takes its children's references and the triggers' words along.
TEST_F(KnownTraps, ReferencesThatARenameTookAlongAreFound) {
    given("CREATE TABLE visit(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id));"
          "INSERT INTO visit(person_id) SELECT id FROM person;");
    desk_.script(
        "ALTER TABLE person RENAME TO person_old;\n"
        "CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE,"
        " place_id INTEGER REFERENCES place(id), status TEXT NOT NULL DEFAULT 'active');\n"
        "INSERT INTO person(id, name, place_id) SELECT id, name, place_id FROM person_old;\n"
        "DROP TABLE person_old;\nCREATE INDEX person_name ON person(name);\n");
    expect_part(refused(21), "table visit: 10 rows refer to rows that are not there");
}

// What the migration repairs in one table pays for nothing in another.
TEST_F(KnownTraps, NewOrphansDoNotHideBehindRepairedOnes) {
    given("CREATE TABLE visit(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id));"
          "CREATE TABLE Note(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id));"
          "INSERT INTO visit(person_id) VALUES (901), (902), (903), (904);"
          "INSERT INTO note(person_id) VALUES (1), (2), (903);");
    const std::string repaired = "UPDATE visit SET person_id = NULL;\n";
    desk_.declare("changed_columns = [\"visit.person_id\", \"note.person_id\"]\n");
    desk_.script(usual + repaired + "UPDATE note SET person_id = person_id + 900;\n");
    const std::string message = refused(21);
    expect_part(message, "references are broken:\n  table Note: 3 rows refer to rows that are not there "
                         "(before, there were 1 such rows)");
    EXPECT_EQ(message.find("table visit"), std::string::npos) << message;
    desk_.script(usual + repaired);
    updated();
}

// Their table is another one now, and they are no more than they were.
TEST_F(KnownTraps, OldOrphansMayMoveWithTheirTableButNotBecomeMore) {
    given("CREATE TABLE visit(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id));"
          "INSERT INTO visit(person_id) VALUES (901), (902), (3);");
    const std::string renamed = usual + "ALTER TABLE visit RENAME TO call;\n";
    desk_.declare("renamed_tables = { visit = \"call\" }\nchanged_columns = [\"visit.person_id\"]\n");
    desk_.script(renamed + "UPDATE call SET person_id = 903 WHERE person_id = 3;\n");
    expect_part(refused(21),
                "references are broken:\n  table call: 3 rows refer to rows that are not there "
                "(before, there were 0 such rows)\n  tables that are gone had 2 such rows before");
    desk_.script(renamed);
    updated();
}

TEST_F(KnownTraps, ATriggerThatARenameTookAlongIsFound) {
    given("CREATE TABLE visit(id INTEGER PRIMARY KEY, person_name TEXT);"
          "CREATE TRIGGER seen AFTER INSERT ON visit BEGIN UPDATE person SET place_id = 1 WHERE name = "
          "NEW.person_name; END;");
    desk_.script(
        "ALTER TABLE person RENAME TO person_old;\n"
        "CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE,"
        " place_id INTEGER REFERENCES place(id), status TEXT NOT NULL DEFAULT 'active');\n"
        "INSERT INTO person(id, name, place_id) SELECT id, name, place_id FROM person_old;\n"
        "DROP TABLE person_old;\nCREATE INDEX person_name ON person(name);\n");
    expect_part(refused(21), "table visit can't be written to any more: no such table: main.person_old");
}

// A view that was broken before is nobody's fault here.
TEST_F(KnownTraps, AViewThatTheMigrationBreaksIsFound) {
    given("CREATE TABLE remark(text); CREATE VIEW remarks AS SELECT text FROM remark;"
          "CREATE VIEW broken AS SELECT x FROM nowhere;");
    desk_.declare("dropped_tables = [\"remark\"]\n");
    desk_.script(usual + "DROP TABLE remark;\n");
    const std::string message = refused(21);
    expect_part(message, "data/register.db: its schema is broken:\n  view remarks can't be read any more: no "
                         "such table: main.remark");
    EXPECT_EQ(message.find("view broken"), std::string::npos);
    desk_.script(usual + "DROP VIEW remarks;\nDROP TABLE remark;\n");
    updated();
}

TEST_F(KnownTraps, DamageInsideFts5IsFoundBeforeTheMigration) {
    given("CREATE VIRTUAL TABLE note USING fts5(text); INSERT INTO note VALUES('one two'), ('two three');");
    const std::string bundle = workshop_.bundle(desk_.release());
    data("UPDATE note_data SET block = zeroblob(length(block)) WHERE id > 10");
    EXPECT_EQ(data("PRAGMA integrity_check"), "ok\n");
    const std::string message = refused_here(40, bundle);
    expect_part(message, database_ + ": it is damaged:\n  virtual table note: ");
    expect_part(message, "The database was damaged before the update began. Nothing was changed.");
}

// However CREATE VIRTUAL TABLE is written: SQLite keeps the developer's own lines, comments and quotes.
TEST_F(KnownTraps, DamageInsideFts5IsFoundHoweverItsModuleIsWritten) {
    given("CREATE VIRTUAL TABLE lines\nUSING fts5(text); CREATE VIRTUAL TABLE tabs USING\tfts5(text);"
          "CREATE VIRTUAL TABLE quoted USING \"FTS5\"(text);"
          "CREATE VIRTUAL TABLE said -- USING rtree\n/**/using/**/fts5(text);");
    for (const std::string table : {"lines", "tabs", "quoted", "said"})
        given("INSERT INTO " + table + " VALUES('one two'), ('two three');");
    const std::string bundle = workshop_.bundle(desk_.release());
    for (const std::string table : {"lines", "tabs", "quoted", "said"})
        data("UPDATE " + table + "_data SET block = zeroblob(length(block)) WHERE id > 10");
    const std::string message = refused_here(40, bundle);
    expect_part(message, database_ + ": it is damaged:\n  virtual table ");
    for (const std::string table : {"lines", "tabs", "quoted", "said"})
        expect_part(message, "  virtual table " + table + ": ");
}

TEST_F(KnownTraps, Fts5IsCarriedAlong) {
    given("CREATE VIRTUAL TABLE note USING fts5(text); INSERT INTO note VALUES('one two'), ('two three');");
    updated();
    EXPECT_EQ(data("SELECT text FROM note WHERE note MATCH 'three'"), "two three\n");
}

TEST_F(KnownTraps, AFunctionThatOnlyTheApplicationHasIsNamed) {
    given("CREATE TRIGGER heard AFTER INSERT ON person BEGIN SELECT soundex_of(NEW.name); END;");
    expect_part(refused(20), "trigger heard needs the function soundex_of");
}

TEST_F(KnownTraps, ACollationThatOnlyTheApplicationHasIsNamedAndNoDamage) {
    given("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, 'COLLATE NOCASE', 'COLLATE "
          "DANISH');"
          "PRAGMA writable_schema=RESET;");
    expect_part(refused(20), "table person needs the collation DANISH");
}

TEST_F(KnownTraps, WhatBelongsToTheApplicationStays) {
    const std::string header =
        "PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA encoding='UTF-16le';"
        "PRAGMA application_id=77; PRAGMA user_version=5;";
    for (const std::string& file : {desk_.sample(), database_}) {
        fs::remove(file);
        sqlite(file, header + register_schema("1.0.0") + register_rows("1.0.0", 12) +
                         "DELETE FROM person WHERE id = 12");
    }
    updated();
    EXPECT_EQ(data("PRAGMA page_size; PRAGMA auto_vacuum; PRAGMA encoding; PRAGMA application_id; PRAGMA "
                   "user_version;"
                   "PRAGMA journal_mode; SELECT seq FROM sqlite_sequence"),
              "8192\n2\nUTF-16le\n77\n5\ndelete\n12\n");
}

} // namespace
} // namespace lockstep
