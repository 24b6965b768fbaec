// That a comparison finds nothing exactly where the fingerprints are equal: what `diff` calls the same, the
// updater takes for the same.
#include "packaging/schema_comparison.h"
#include "payload/schema.h"
#include "tests/unit/schema_support.h"

#include <gtest/gtest.h>

#include <iostream>

namespace lockstep {
namespace {

class Comparison : public testing::Test {
  protected:
    std::string made(const std::string& sql) {
        const std::string name = "schema-" + std::to_string(++count_);
        folder_.database(name, sql).close();
        return folder_.path(name);
    }

    SchemaComparison of_files(const std::string& older, const std::string& newer) {
        Database database(older, OpenMode::immutable);
        database.attach(newer, "newer", OpenMode::immutable);
        const DatabaseSchema before = read_database_schema(database, "main");
        const DatabaseSchema after = read_database_schema(database, "newer");
        same_fingerprint_ = fingerprint_of(database, "main", {}) == fingerprint_of(database, "newer", {});
        return compare_schemas(before, after, pair_schemas(database, before, after, {}));
    }

    SchemaComparison of(const std::string& older, const std::string& newer) {
        return of_files(made(older), made(newer));
    }

    TestFolder folder_;
    int count_ = 0;
    bool same_fingerprint_ = false;
};

const std::vector<std::string> variants{
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)",
    "create table \"T\"(B text, A integer primary key)",
    "CREATE TABLE t(a INTEGER, b TEXT, PRIMARY KEY (a))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT)",
    "CREATE TABLE t(a INT PRIMARY KEY, b TEXT)",
    "CREATE TABLE t(a INTEGER, b TEXT, PRIMARY KEY (a, b))",
    "CREATE TABLE t(a INTEGER, b TEXT, PRIMARY KEY (b, a))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT) WITHOUT ROWID",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT) STRICT",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT NOT NULL)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT NOT NULL ON CONFLICT IGNORE)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT DEFAULT 5)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT DEFAULT (5))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT DEFAULT '5')",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT COLLATE NOCASE)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT UNIQUE)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT UNIQUE, UNIQUE (b))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, UNIQUE (b, a))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT CHECK (b <> 'A'))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT CHECK (b <> 'a'))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, CONSTRAINT c CHECK (\"b\"<>'A'))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT AS (a || 'x'))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT AS (a || 'x') STORED)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT AS (a || 'y') STORED)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT REFERENCES t)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT REFERENCES t(a))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT REFERENCES t(a) ON DELETE CASCADE)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT REFERENCES t(a) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON t(b)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON t(b DESC)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX j ON t(b)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE UNIQUE INDEX i ON t(b)",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON t(b) WHERE a > 1",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON t(b) WHERE a > 2",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX i ON t(lower(b))",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE VIEW v AS SELECT a FROM t",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE VIEW V as select \"a\" from T",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE VIEW v AS SELECT b FROM t",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 2; END",
    "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); CREATE TABLE u(c)",
    "CREATE VIRTUAL TABLE t USING fts5(a)",
    "CREATE VIRTUAL TABLE t USING fts5(a, b)"};

TEST_F(Comparison, AgreesWithTheFingerprintOnEveryPair) {
    std::vector<std::string> files;
    for (const std::string& sql : variants) files.push_back(made(sql));
    int pairs = 0;
    int equal = 0;
    for (std::size_t i = 0; i < files.size(); ++i)
        for (std::size_t j = 0; j < files.size(); ++j) {
            const SchemaComparison comparison = of_files(files[i], files[j]);
            EXPECT_EQ(comparison.same(), same_fingerprint_) << variants[i] << "\n" << variants[j];
            ++pairs;
            equal += same_fingerprint_ ? 1 : 0;
        }
    std::cout << pairs << " pairs of schemas compared, " << equal << " of them equal\n";
    EXPECT_GE(pairs, 1600);
    EXPECT_GT(equal, static_cast<int>(variants.size()));
}

TEST_F(Comparison, TellsReferredTablesFirst) {
    const SchemaComparison comparison =
        of("CREATE TABLE z(x)",
           "CREATE TABLE a(b_id REFERENCES b(id)); CREATE TABLE b(id PRIMARY KEY, c_id REFERENCES c(id));"
           "CREATE TABLE c(id PRIMARY KEY, a_id REFERENCES c(id)); CREATE TABLE z(x)");
    std::vector<std::string> order;
    for (const TableDifference& table : comparison.tables) order.push_back(table.after);
    EXPECT_EQ(order, (std::vector<std::string>{"c", "b", "a"}));
}

// A renamed table's indexes, CHECKs, references and views are the same ones.
TEST_F(Comparison, ARenameAloneChangesNothingElse) {
    const SchemaComparison comparison = of(
        "CREATE TABLE requests(id INTEGER PRIMARY KEY, purpose TEXT CHECK (purpose <> ''), needed_by DATE);"
        "CREATE INDEX i ON requests(purpose); CREATE TABLE item(id INTEGER PRIMARY KEY, request_id "
        "REFERENCES "
        "requests(id)); CREATE VIEW v AS SELECT purpose FROM requests",
        "CREATE TABLE inv_requests(id INTEGER PRIMARY KEY, purpose TEXT CHECK (purpose <> ''), needed_by "
        "DATE);"
        "CREATE INDEX i ON inv_requests(purpose); CREATE TABLE item(id INTEGER PRIMARY KEY, request_id "
        "REFERENCES "
        "inv_requests(id)); CREATE VIEW v AS SELECT purpose FROM inv_requests");
    ASSERT_EQ(comparison.tables.size(), 1U);
    EXPECT_EQ(comparison.tables[0].before + " " + comparison.tables[0].after, "requests inv_requests");
    EXPECT_TRUE(comparison.tables[0].changes.empty());
    EXPECT_TRUE(comparison.others.empty());
}

} // namespace
} // namespace lockstep
