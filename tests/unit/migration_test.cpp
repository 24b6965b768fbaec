#include "payload/migration.h"

#include "tests/unit/schema_support.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace lockstep {
namespace {

class Migration : public testing::Test {
  protected:
    void make(const std::string& sql) { folder_.database("main.db", sql).close(); }
    Migrator migrator(bool journal = false, std::function<bool()> cancelled = {}) {
        Declarations declarations;
        declarations.journal = journal;
        std::vector<DatabaseFile> files{{"main", folder_.path("main.db")}};
        if (std::filesystem::exists(folder_.path("office.db")))
            files.push_back({"Office", folder_.path("office.db")});
        return {files, declarations, std::move(cancelled)};
    }
    // What the error of this script says; "no error" where it runs to its end.
    std::string failure(const std::string& sql, bool journal = false) {
        Migrator running = migrator(journal);
        return message_of([&] { running.run_script("1.1.0/all.sql", sql); });
    }
    std::set<std::pair<std::string, std::string>> written(const std::string& sql) {
        Migrator running = migrator();
        running.run_script("1.1.0/all.sql", sql);
        EXPECT_FALSE(running.written().everything) << sql;
        return running.written().tables;
    }
    Database open(const std::string& name = "main.db") { return {folder_.path(name), OpenMode::read_write}; }
    void expect_no_sidecars() {
        for (const auto& entry : std::filesystem::directory_iterator(folder_.path("")))
            EXPECT_EQ(entry.path().extension(), ".db") << entry.path();
    }

    TestFolder folder_;
};

const std::string refused = "Could not run 1.1.0/all.sql line 1: ";

TEST_F(Migration, RunsAScriptAndKeepsItsWork) {
    make("CREATE TABLE t (a)");
    Migrator running = migrator();
    const ScriptTimes times =
        running.run_script("1.1.0/all.sql", "BEGIN; INSERT INTO T VALUES (1);\nCOMMIT;\n-- end");
    EXPECT_TRUE(times.table_seconds.contains("t"));
    running.finish();
    EXPECT_EQ(open().integer("SELECT a FROM t"), 1);
    expect_no_sidecars();
}

TEST_F(Migration, AnErrorSaysWhereAndWhat) {
    make("CREATE TABLE t (a CHECK (a > 0))");
    EXPECT_EQ(
        failure("-- first\n\nINSERT INTO t VALUES (1); /* \n */ INSERT INTO t\nVALUES (0); SELECT 1"),
        "Could not run 1.1.0/all.sql line 4: CHECK constraint failed: a > 0, in: INSERT INTO t VALUES (0)");
    EXPECT_EQ(failure("DELETE FROM gone; SELECT 1"), refused + "no such table: gone, in: DELETE FROM gone");
    EXPECT_EQ(failure(std::string("SELECT 1;\0 DELETE FROM t", 24)),
              "Could not run 1.1.0/all.sql: it holds a zero byte, so it is no text in UTF-8");
}

TEST_F(Migration, WhatNeedsAJournalIsRefusedWithoutOne) {
    make("CREATE TABLE t (a UNIQUE)");
    const std::string only = " is only for releases with journal = true";
    EXPECT_EQ(failure("SAVEPOINT s"), refused + "SAVEPOINT" + only + ", in: SAVEPOINT s");
    EXPECT_EQ(failure("ROLLBACK"), refused + "ROLLBACK" + only + ", in: ROLLBACK");
    EXPECT_EQ(failure("INSERT OR /* */ ROLLBACK INTO t VALUES (1)"), refused + "OR ROLLBACK" + only);
    EXPECT_EQ(failure("INSERT INTO t VALUES ('or rollback')"), "no error");
    for (const std::string pragma :
         {"journal_mode=WAL", "main.locking_mode=NORMAL", "synchronous=FULL", "journal_size_limit=0"})
        EXPECT_NE(failure("PRAGMA " + pragma).find(only), std::string::npos) << pragma;
}

TEST_F(Migration, WithAJournalUndoingWorks) {
    make("CREATE TABLE t (a UNIQUE)");
    Migrator running = migrator(true);
    running.run_script("1.1.0/all.sql",
                       "INSERT INTO t VALUES (1); SAVEPOINT s; DELETE FROM t; ROLLBACK TO s; RELEASE s;"
                       "BEGIN; DELETE FROM t; ROLLBACK; INSERT OR ROLLBACK INTO t VALUES (2)");
    running.finish();
    EXPECT_EQ(open().integer("SELECT count(*) FROM t"), 2);
    expect_no_sidecars();
}

TEST_F(Migration, OtherFilesAreOutOfReach) {
    make("CREATE TABLE t (a)");
    const std::string other = folder_.path("other.db");
    EXPECT_NE(failure("ATTACH '" + other + "' AS o").find("ATTACH is not for scripts"), std::string::npos);
    EXPECT_NE(failure("DETACH main").find("DETACH is not for scripts"), std::string::npos);
    EXPECT_NE(failure("VACUUM INTO '" + other + "'").find("VACUUM INTO is not for scripts"),
              std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(other));
}

TEST_F(Migration, AnOpenTransactionIsRefused) {
    make("CREATE TABLE t (a)");
    EXPECT_EQ(failure("BEGIN; DELETE FROM t"),
              "Could not run 1.1.0/all.sql: it leaves a transaction open: a COMMIT is missing");
}

TEST_F(Migration, ForeignKeysStayOffWhateverTheScriptSays) {
    make("CREATE TABLE p (a PRIMARY KEY); CREATE TABLE c (a REFERENCES p ON DELETE CASCADE);"
         "INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)");
    Migrator running = migrator();
    running.run_script("1.1.0/all.sql",
                       "PRAGMA foreign_keys=ON; DROP TABLE p; CREATE TABLE p (a PRIMARY KEY)");
    EXPECT_EQ(running.database().integer("PRAGMA foreign_keys"), 0);
    EXPECT_EQ(running.database().integer("SELECT count(*) FROM c"), 1);
}

TEST_F(Migration, OrdinaryStatementsThatUseSavepointsWithinWork) {
    make("CREATE TABLE t (a, gone); CREATE VIRTUAL TABLE f USING fts5(a); CREATE VIRTUAL TABLE old USING "
         "fts4(a)");
    EXPECT_EQ(
        failure(
            "ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME COLUMN a TO b; ALTER TABLE u DROP COLUMN gone;"
            "UPDATE u SET b = 1; INSERT INTO f VALUES ('x'); INSERT INTO f(f) VALUES ('rebuild');"
            "INSERT INTO old VALUES ('x'); SELECT optimize(old) FROM old; ALTER TABLE f RENAME TO f2;"
            "VACUUM; REINDEX; ANALYZE"),
        "no error");
}

TEST_F(Migration, WrittenTablesAreKnown) {
    make("CREATE TABLE t (a); CREATE TABLE log (a); CREATE TABLE u (a); CREATE TABLE read_only (a);"
         "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END");
    using Tables = std::set<std::pair<std::string, std::string>>;
    EXPECT_EQ(written("INSERT INTO T SELECT a FROM read_only"), (Tables{{"main", "t"}, {"main", "log"}}));
    EXPECT_EQ(written("UPDATE u SET a = 1 WHERE a = (SELECT max(a) FROM read_only)"),
              (Tables{{"main", "u"}}));
    EXPECT_EQ(written("CREATE INDEX i ON u (a); CREATE VIEW v AS SELECT 1"), Tables{});
    EXPECT_EQ(written("ALTER TABLE main.u RENAME TO \"U2\"; ALTER TABLE u2 ADD COLUMN b DEFAULT 1;"
                      "ALTER TABLE u2 RENAME COLUMN b TO \"to\"; ALTER TABLE u2 RENAME \"to\" TO c"),
              Tables{});
    EXPECT_EQ(written("ALTER TABLE u2 DROP COLUMN c"), (Tables{{"main", "u2"}}));
    EXPECT_EQ(
        written("INSERT INTO u2 VALUES (1); ALTER TABLE u2 RENAME TO u; ALTER TABLE u RENAME TO \"u 3\""),
        (Tables{{"main", "u2"}, {"main", "u"}, {"main", "u 3"}}));
    EXPECT_EQ(written("CREATE TABLE n AS SELECT 1 AS x"), (Tables{{"main", "n"}}));
    EXPECT_EQ(written("DROP TABLE n"), (Tables{{"main", "n"}}));
}

TEST_F(Migration, TheFirstDatabaseIsKnownByItsOwnNameToo) {
    make("CREATE TABLE t (a)");
    Migrator running({{"Clinic", folder_.path("main.db")}}, {}, {});
    running.run_script("1.1.0/all.sql", "DELETE FROM t");
    EXPECT_TRUE(running.written().contains("clinic", "t"));
    EXPECT_TRUE(running.written().contains("main", "t"));
    EXPECT_FALSE(running.written().contains("office", "t"));
}

TEST_F(Migration, AScriptThatWritesTheSchemaItselfWroteEverything) {
    make("CREATE TABLE t (a)");
    Migrator running = migrator();
    running.run_script("1.1.0/all.sql", "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = sql");
    EXPECT_TRUE(running.written().contains("main", "anything"));
    EXPECT_EQ(running.database().integer("PRAGMA writable_schema"), 0);
}

TEST_F(Migration, SeveralDatabasesAreOneConnection) {
    make("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    folder_.database("office.db", "PRAGMA journal_mode=WAL; CREATE TABLE room (a)").close();
    Migrator running = migrator();
    const ScriptTimes times = running.run_script("1.1.0/all.sql", "INSERT INTO office.room SELECT a FROM t");
    EXPECT_TRUE(times.table_seconds.contains("office.room"));
    EXPECT_TRUE(running.written().contains("OFFICE", "Room"));
    EXPECT_FALSE(running.written().contains("main", "t"));
    running.finish();
    EXPECT_EQ(open("office.db").integer("SELECT a FROM room"), 1);
    EXPECT_EQ(open("office.db").text("PRAGMA journal_mode"), "wal");
    EXPECT_EQ(open().text("PRAGMA journal_mode"), "delete");
}

TEST_F(Migration, TheHeaderIsTheApplications) {
    make("PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA application_id=77; PRAGMA "
         "user_version=5;"
         "PRAGMA journal_mode=WAL; CREATE TABLE t (a)");
    Migrator running = migrator();
    running.run_script("1.1.0/all.sql", "INSERT INTO t VALUES (1); PRAGMA user_version=6; VACUUM");
    running.finish();
    expect_no_sidecars();
    Database after = open();
    EXPECT_EQ(after.integer("PRAGMA page_size"), 8192);
    EXPECT_EQ(after.integer("PRAGMA auto_vacuum"), 2);
    EXPECT_EQ(after.integer("PRAGMA application_id"), 77);
    EXPECT_EQ(after.integer("PRAGMA user_version"), 6);
    EXPECT_EQ(after.text("PRAGMA journal_mode"), "wal");
}

// By the places of their trees the loss ledger knows the tables that nothing wrote to.
TEST_F(Migration, AVacuumMovesEveryTable) {
    make("CREATE TABLE x(a); CREATE TABLE t(a); DROP TABLE x; CREATE TABLE u(a)");
    Migrator running = migrator();
    running.run_script("1.1.0/all.sql", "ALTER TABLE t RENAME TO v");
    EXPECT_FALSE(running.written().everything);
    running.run_script("1.1.0/all.sql", "VACUUM");
    EXPECT_TRUE(running.written().everything);
}

TEST_F(Migration, AProgramsChangesToTheHeaderDoNotStay) {
    make("PRAGMA application_id=77; PRAGMA journal_mode=WAL; CREATE TABLE t (a)");
    Migrator running = migrator();
    running.release_files();
    expect_no_sidecars();
    EXPECT_EQ(message_of([&] { running.database(); }),
              "Could not use the trial copy " + folder_.path("main.db") + ": its files are released");
    open().run("PRAGMA journal_mode=DELETE; PRAGMA application_id=1");
    running.reopen_files();
    EXPECT_TRUE(running.written().everything);
    running.finish();
    EXPECT_EQ(open().integer("PRAGMA application_id"), 77);
    EXPECT_EQ(open().text("PRAGMA journal_mode"), "wal");

    Migrator again = migrator();
    again.release_files();
    open().run("PRAGMA journal_mode=DELETE; PRAGMA page_size=16384; VACUUM");
    again.reopen_files();
    EXPECT_EQ(message_of([&] { again.finish(); }),
              "Could not finish the migration of main: its page size was 4096 and "
              "is 16384 now, which no script asked for");
}

TEST_F(Migration, WhatAScriptAsksForStays) {
    make("CREATE TABLE t (a)");
    Migrator running = migrator();
    running.run_script("1.1.0/all.sql", "PRAGMA page_size=8192; VACUUM; PRAGMA application_id=5");
    running.finish();
    EXPECT_EQ(open().integer("PRAGMA page_size"), 8192);
    EXPECT_EQ(open().integer("PRAGMA application_id"), 5);
}

TEST_F(Migration, CancellingEndsALongStatement) {
    make("CREATE TABLE t (a)");
    const std::string endless =
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";
    int questions = 0;
    Migrator running = migrator(false, [&] { return ++questions > 2; });
    EXPECT_EQ(code_of([&] { running.run_script("1.1.0/all.sql", endless); }), Code::cancelled);
    questions = 0;
    Migrator failing = migrator(false, [&]() -> bool {
        if (++questions > 2) throw Error(Code::busy, "ask", "anybody", "nobody is there");
        return false;
    });
    EXPECT_EQ(code_of([&] { failing.run_script("1.1.0/all.sql", endless); }), Code::busy);
}

TEST_F(Migration, CodesSayWhoseFaultItIs) {
    make("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(50000))");
    {
        Migrator running = migrator();
        running.run_script("first.sql", "PRAGMA max_page_count=20");
        EXPECT_EQ(
            code_of([&] { running.run_script("1.1.0/all.sql", "INSERT INTO t VALUES (zeroblob(500000))"); }),
            Code::no_room_or_right);
        EXPECT_EQ(code_of([&] { running.run_script("1.1.0/all.sql", "DELETE FROM gone"); }),
                  Code::migration_failed);
    }
    std::fstream(folder_.path("main.db"), std::ios::in | std::ios::out).seekp(4096)
        << std::string(100, '\xff');
    Migrator running = migrator();
    EXPECT_EQ(code_of([&] { running.run_script("1.1.0/all.sql", "SELECT * FROM t"); }),
              Code::migration_failed);
}

TEST_F(Migration, RequireEndsTheScript) {
    make("CREATE TABLE t (a); INSERT INTO t VALUES (0)");
    EXPECT_EQ(failure("SELECT require(a > 0, 'a stock is negative') FROM t"),
              refused + "a stock is negative, in: SELECT require(a > 0, 'a stock is negative') FROM t");
}

} // namespace
} // namespace lockstep
