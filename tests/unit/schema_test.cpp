#include "payload/schema.h"

#include "tests/unit/schema_support.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

class Schema : public testing::Test {
  protected:
    Fingerprint of(const std::string& sql, const SchemaOptions& options = {}) {
        Database made = folder_.database("schema-" + std::to_string(++count_) + ".db", sql);
        return fingerprint_of(made, "main", options);
    }
    std::vector<std::string> differences(const std::string& one, const std::string& other) {
        return schema_differences(of(one), of(other));
    }
    void expect_equal(const std::string& one, const std::string& other) {
        EXPECT_EQ(differences(one, other), std::vector<std::string>{}) << one << "\n" << other;
        EXPECT_EQ(of(one), of(other));
    }
    // That table t, and nothing else, is told apart.
    void expect_other_table(const std::string& one, const std::string& other) {
        EXPECT_EQ(differences(one, other), std::vector<std::string>{"table t is not as released"})
            << one << "\n"
            << other;
        EXPECT_NE(of(one).sha256, of(other).sha256);
    }

    TestFolder folder_;
    int count_ = 0;
};

TEST_F(Schema, WritingDoesNotCount) {
    expect_equal(R"(CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(10) CHECK (name <> 'A') DEFAULT 5))",
                 R"(create table [T](/* c */ "Name" varchar ( 10 ) default (5), ID integer, primary key(id),
                    CONSTRAINT named CHECK("name"<>'A')))");
}

TEST_F(Schema, ATableThatWasAlteredEqualsANewOne) {
    expect_equal("CREATE TABLE t (a INT CHECK (a > 0), b TEXT DEFAULT 'x', c INT)",
                 R"(CREATE TABLE old (z INT CHECK (z > 0), gone TEXT, c INT);
                    ALTER TABLE old ADD COLUMN b TEXT DEFAULT 'x'; ALTER TABLE old RENAME COLUMN z TO a;
                    ALTER TABLE old DROP COLUMN gone; ALTER TABLE old RENAME TO t)");
}

TEST_F(Schema, RenamesReachIndexesTriggersViewsAndForeignKeys) {
    const std::string rest = R"(
        CREATE INDEX by_sum ON %(a + 1) WHERE a > 2;
        CREATE TABLE child (of_t INT REFERENCES %(a) DEFERRABLE INITIALLY DEFERRED);
        CREATE VIEW v AS SELECT a FROM %;
        CREATE TRIGGER g AFTER INSERT ON % BEGIN UPDATE % SET a = new.a; END;)";
    const auto with = [&](const std::string& table) {
        std::string text = rest;
        for (std::size_t at = 0; (at = text.find('%', at)) != std::string::npos;) text.replace(at, 1, table);
        return text;
    };
    expect_equal("CREATE TABLE t (a INT UNIQUE);" + with("t"), "CREATE TABLE before_t (a INT UNIQUE);" +
                                                                   with("before_t") +
                                                                   "ALTER TABLE before_t RENAME TO t");
}

TEST_F(Schema, ARebuiltTableEqualsANewOne) {
    expect_equal("CREATE TABLE t (a INT, b INT NOT NULL); CREATE INDEX i ON t(b)",
                 R"(CREATE TABLE t (a INT, b INT); CREATE INDEX i ON t(b);
                    CREATE TABLE new_t (a INT, b INT NOT NULL); INSERT INTO new_t SELECT * FROM t;
                    DROP TABLE t; ALTER TABLE new_t RENAME TO t; CREATE INDEX i ON t(b))");
}

TEST_F(Schema, EverythingThatARebuildMayLoseCounts) {
    const std::string table = "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)";
    for (const std::string other : {
             "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) WITHOUT ROWID",
             "CREATE TABLE t (a INTEGER PRIMARY KEY DESC, b TEXT)",
             "CREATE TABLE t (a INTEGER, b TEXT)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT COLLATE NOCASE)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT DEFAULT 'x')",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT CHECK (b <> ''))",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT AS (a + 1))",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT REFERENCES t)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY ON CONFLICT REPLACE, b TEXT)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c INT)",
             "CREATE TABLE t (a INTEGER PRIMARY KEY)",
         })
        expect_other_table(table, other);
}

TEST_F(Schema, DetailsOfConstraintsCount) {
    const auto table = [](const std::string& column) {
        return "CREATE TABLE t (k INTEGER PRIMARY KEY, " + column + ")";
    };
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"a CHECK (a > 1)", "a CHECK (a > 2)"},
        {"a CHECK (a <> 'x')", "a CHECK (a <> 'X')"},
        {"a CHECK (a > 1)", "a CHECK (a > 1) CHECK (a > 1)"},
        {"a AS (k + 1)", "a AS (k + 2)"},
        {"a AS (k + 1) STORED", "a AS (k + 1)"},
        {"a REFERENCES t", "a REFERENCES t ON DELETE CASCADE"},
        {"a REFERENCES t", "a REFERENCES t ON UPDATE SET NULL"},
        {"a REFERENCES t", "a REFERENCES t DEFERRABLE INITIALLY DEFERRED"},
        {"a NOT NULL", "a NOT NULL ON CONFLICT IGNORE"},
        {"a UNIQUE", "a UNIQUE ON CONFLICT IGNORE"},
        {"a, b, UNIQUE (a, b)", "a, b, UNIQUE (b, a)"},
        {"a, UNIQUE (a)", "a, UNIQUE (a COLLATE NOCASE)"},
        {"a DEFAULT 'null'", "a DEFAULT null"},
        {"a DEFAULT -5", "a DEFAULT 5"},
        {"a VARCHAR(5)", "a VARCHAR(6)"},
    };
    for (const auto& [one, other] : pairs) expect_other_table(table(one), table(other));
}

TEST_F(Schema, EqualMeaningIsEqual) {
    const auto table = [](const std::string& column) {
        return "CREATE TABLE t (k INTEGER PRIMARY KEY, " + column + ")";
    };
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"a REFERENCES t", "a REFERENCES T(K)"},
        {"a REFERENCES t", "a, FOREIGN KEY (a) REFERENCES t ON DELETE NO ACTION"},
        {"a REFERENCES t", "a REFERENCES t NOT DEFERRABLE INITIALLY DEFERRED"},
        {"a REFERENCES t DEFERRABLE", "a REFERENCES t DEFERRABLE INITIALLY IMMEDIATE"},
        {"a UNIQUE ON CONFLICT IGNORE", "a, UNIQUE (a) ON CONFLICT IGNORE"},
        {"a UNIQUE", "a UNIQUE ON CONFLICT ABORT"},
        {"a, b, CHECK (a > 0), CHECK (b > 0)", "a CHECK (a > 0), b CONSTRAINT positive CHECK (b > 0)"},
        {"a, b, CHECK (a > 0) UNIQUE (b)", "a, b, UNIQUE (b), CHECK (a > 0)"}, // SQLite needs no comma there
        {"a DEFAULT \"x\"", "a DEFAULT 'x'"},
        {"a DEFAULT (strftime('%s'))", "a DEFAULT ( StrFTime( '%s' ) )"},
        {"\"check\" TEXT DEFAULT 'check (x)', b", "b, [CHECK] TEXT DEFAULT ('check (x)')"},
    };
    for (const auto& [one, other] : pairs) expect_equal(table(one), table(other));
}

TEST_F(Schema, EachForeignKeyHasItsOwnDeferral) {
    expect_other_table("CREATE TABLE t (a REFERENCES x DEFERRABLE INITIALLY DEFERRED, b REFERENCES y)",
                       "CREATE TABLE t (a REFERENCES x, b REFERENCES y DEFERRABLE INITIALLY DEFERRED)");
    // A change of order moves the deferral with its key.
    expect_equal(
        "CREATE TABLE t (a REFERENCES x DEFERRABLE INITIALLY DEFERRED, b REFERENCES y, c REFERENCES z)",
        "CREATE TABLE t (b REFERENCES y, a REFERENCES x DEFERRABLE INITIALLY DEFERRED, c REFERENCES z)");
}

// The DEFAULT of a foreign key's action is no column's: what follows it counts.
TEST_F(Schema, WhatFollowsSetDefaultCounts) {
    for (const std::string action :
         {"ON DELETE SET DEFAULT ", "ON UPDATE SET DEFAULT ", "ON DELETE SET NULL "}) {
        const std::string table = "CREATE TABLE t (a DEFAULT 1 REFERENCES x " + action;
        expect_other_table(table + "CHECK (a > 0))", table + "CHECK (a > 1))");
        expect_other_table(table + ")", table + "DEFERRABLE INITIALLY DEFERRED)");
        expect_other_table(table + "UNIQUE ON CONFLICT IGNORE)", table + "UNIQUE ON CONFLICT REPLACE)");
        expect_equal(table + ", b CHECK (b > 0) AS (1), c)",
                     "CREATE TABLE t (c, b CHECK (b > 0) AS (1), a DEFAULT 1 REFERENCES x " + action + ")");
    }
}

TEST_F(Schema, IndexesCountByNameAndText) {
    const std::string table = "CREATE TABLE t (a TEXT, b TEXT);";
    const std::vector<std::string> other{"index i is not as released"};
    const std::string index = table + "CREATE INDEX i ON t (a)";
    EXPECT_EQ(differences(index, table + "CREATE INDEX i ON t (b)"), other);
    EXPECT_EQ(differences(index, table + "CREATE INDEX i ON t (a DESC)"), other);
    EXPECT_EQ(differences(index, table + "CREATE INDEX i ON t (a COLLATE NOCASE)"), other);
    EXPECT_EQ(differences(index, table + "CREATE UNIQUE INDEX i ON t (a)"), other);
    EXPECT_EQ(differences(index, table + "CREATE INDEX i ON t (a) WHERE a > 'x'"), other);
    EXPECT_EQ(differences(index, table + "CREATE INDEX i ON t (lower(a))"), other);
    EXPECT_EQ(differences(table + "CREATE INDEX i ON t (lower(a))", table + "CREATE INDEX i ON t (upper(a))"),
              other);
    EXPECT_EQ(differences(index, table), std::vector<std::string>{"index i is missing"});
    EXPECT_EQ(differences(table, index), std::vector<std::string>{"index i is not part of the release"});
    expect_equal(table + "CREATE INDEX i ON t (lower(a) COLLATE NOCASE DESC, b) WHERE b NOT NULL",
                 table + "CREATE INDEX IF NOT EXISTS main.I ON T ((LOWER([a])) collate nocase DESC, b ASC) "
                         "where (b not null)");
}

TEST_F(Schema, TriggersViewsAndVirtualTablesCountByTheirText) {
    EXPECT_EQ(differences("CREATE VIEW v AS SELECT 1", "CREATE VIEW v AS SELECT 2"),
              std::vector<std::string>{"view v is not as released"});
    EXPECT_EQ(
        differences("CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE VIRTUAL TABLE f USING fts5(a, prefix=2)"),
        std::vector<std::string>{"table f is not as released"});
    const std::string table = "CREATE TABLE t (a);";
    EXPECT_EQ(differences(table + "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END", table),
              std::vector<std::string>{"trigger g is missing"});
}

TEST_F(Schema, WhatSqliteKeepsForItselfDoesNotCount) {
    expect_equal("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)",
                 "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES (1); ANALYZE");
    EXPECT_EQ(of("CREATE VIRTUAL TABLE f USING fts5(a)").objects.size(), 1u); // none of its shadow tables
}

TEST_F(Schema, IgnoredTablesDoNotCountNorTheirIndexes) {
    const SchemaOptions options{{}, {"WEB_*"}};
    const Fingerprint with =
        of("CREATE TABLE t (a); CREATE TABLE web_session (a); CREATE INDEX i ON web_session (a)", options);
    EXPECT_EQ(with, of("CREATE TABLE t (a)", options));
}

TEST_F(Schema, AMaskedDefaultOnlyHasToBeThere) {
    const SchemaOptions options{{"*.UUID"}, {}};
    const Fingerprint one = of("CREATE TABLE t (uuid TEXT DEFAULT 'urn:uuid:1', b DEFAULT 1)", options);
    EXPECT_EQ(one, of("CREATE TABLE t (uuid TEXT DEFAULT 'urn:uuid:2', b DEFAULT 1)", options));
    EXPECT_NE(one, of("CREATE TABLE t (uuid TEXT, b DEFAULT 1)", options));
    EXPECT_NE(one, of("CREATE TABLE t (uuid TEXT DEFAULT 'urn:uuid:1', b DEFAULT 2)", options));
}

TEST_F(Schema, AnAttachedDatabaseHasTheSameFingerprint) {
    const std::string sql =
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b REFERENCES t); CREATE INDEX i ON t (b) WHERE b > 1";
    const Fingerprint expected = of(sql);
    static_cast<void>(folder_.database("attached.db", sql).handle());
    Database other = folder_.database("other.db", "CREATE TABLE t (x)");
    other.attach(folder_.path("attached.db"), "office", OpenMode::read_only);
    EXPECT_EQ(fingerprint_of(other, "office", {}), expected);
}

TEST_F(Schema, ABrokenViewIsNoObstacle) {
    EXPECT_TRUE(of("CREATE TABLE t (a); CREATE VIEW v AS SELECT * FROM gone").objects.contains("view v"));
}

} // namespace
} // namespace lockstep
