#include "payload/migration.h"

#include "tests/unit/schema_support.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

class Checks : public testing::Test {
  protected:
    std::vector<std::string> run(const std::string& sql, std::size_t limit = 20) {
        return run_checks(database_, "1.1.0/checks.sql", sql, limit);
    }

    TestFolder folder_;
    Database database_{folder_.database("c.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);"
                                                "INSERT INTO t VALUES (7, 'x'), (8, NULL), (9, 'y')")};
};

TEST_F(Checks, EachRowIsAViolationThatSaysWhere) {
    EXPECT_EQ(run("-- none of these\nSELECT 1 WHERE 0;\n\nSELECT * FROM t WHERE id < 9;"),
              (std::vector<std::string>{"1.1.0/checks.sql line 4: id=7, name='x'",
                                        "1.1.0/checks.sql line 4: id=8, name=NULL"}));
}

TEST_F(Checks, TheRestIsCounted) {
    EXPECT_EQ(run("SELECT id FROM t", 1), (std::vector<std::string>{"1.1.0/checks.sql line 1: id=7",
                                                                    "1.1.0/checks.sql line 1: and 2 more"}));
}

TEST_F(Checks, NothingIsFoundWhereNothingIsWrong) {
    EXPECT_EQ(run("SELECT * FROM t WHERE name REGEXP '^z'; PRAGMA foreign_key_check; -- end"),
              std::vector<std::string>{});
}

TEST_F(Checks, ACheckThatWritesIsRefused) {
    for (const std::string sql : {"DELETE FROM t", "DELETE FROM t RETURNING id", "BEGIN"})
        EXPECT_EQ(
            message_of([&] { run("SELECT 1 WHERE 0;\n" + sql); }),
            "Could not run 1.1.0/checks.sql line 2: a check must be a query that changes nothing, in: " +
                sql);
    EXPECT_EQ(database_.integer("SELECT count(*) FROM t"), 3);
}

TEST_F(Checks, ABrokenCheckSaysWhere) {
    EXPECT_EQ(message_of([&] { run("\nSELECT * FROM gone; SELECT 2"); }),
              "Could not run 1.1.0/checks.sql line 2: no such table: gone, in: SELECT * FROM gone");
    EXPECT_EQ(
        message_of([&] { run("SELECT require(id > 7, 'too small') FROM t"); }),
        "Could not run 1.1.0/checks.sql line 1: too small, in: SELECT require(id > 7, 'too small') FROM t");
}

} // namespace
} // namespace lockstep
