#include "payload/schema.h"

#include "tests/unit/schema_support.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>

namespace lockstep {
namespace {

void application_function(sqlite3_context* context, int, sqlite3_value** values) {
    sqlite3_result_value(context, values[0]);
}

int application_collation(void*, int, const void*, int, const void*) {
    return 0;
}

class EngineSupport : public testing::Test {
  protected:
    // What an application makes that has registered clean() and the collation german for itself.
    std::string lacks(const std::string& sql) {
        const std::string path = folder_.path("application-" + std::to_string(++count_) + ".db");
        Database application(path, OpenMode::create);
        sqlite3_create_function(application.handle(), "clean", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                &application_function, nullptr, nullptr);
        sqlite3_create_collation(application.handle(), "german", SQLITE_UTF8, nullptr,
                                 &application_collation);
        application.run(sql);
        application.close();
        Database engine(path, OpenMode::read_only);
        std::string message = message_of([&] { require_engine_support(engine, "main"); });
        const std::string before = "Could not work with the database " + path + ": ";
        return message.starts_with(before) ? message.substr(before.size()) : message;
    }
    void expect_lack(const std::string& sql, const std::string& what) {
        EXPECT_EQ(lacks(sql), what + ". The application registers that for itself, and this engine lacks it")
            << sql;
    }

    TestFolder folder_;
    int count_ = 0;
};

TEST_F(EngineSupport, AnOrdinarySchemaNeedsNothing) {
    EXPECT_EQ(
        lacks("CREATE TABLE t (a PRIMARY KEY, b AS (a + 1), c CHECK (length(c) > 1) COLLATE NOCASE) WITHOUT "
              "ROWID;"
              "CREATE VIEW v AS SELECT a FROM t; CREATE VIEW broken AS SELECT * FROM gone;"
              "CREATE TRIGGER g INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END;"
              "CREATE TRIGGER also_broken AFTER DELETE ON t BEGIN DELETE FROM gone; END;"
              "CREATE VIRTUAL TABLE f USING fts5(a); CREATE VIRTUAL TABLE r USING rtree(id, low, high)"),
        "no error");
}

TEST_F(EngineSupport, FunctionsAreMissedWhereverTheyStand) {
    expect_lack("CREATE TABLE t (a); CREATE INDEX by_clean ON t (clean(a))",
                "index by_clean needs the function clean");
    expect_lack("CREATE TABLE t (a CHECK (clean(a) > 1))", "table t needs the function clean");
    expect_lack("CREATE TABLE t (a, b AS (clean(a)))", "table t needs the function clean");
    expect_lack("CREATE TABLE t (a DEFAULT (clean(1)))", "table t needs the function clean");
    expect_lack("CREATE TABLE t (a); CREATE VIEW v AS SELECT clean(a) FROM t",
                "view v needs the function clean");
    for (const std::string event : {"INSERT", "UPDATE", "DELETE"})
        expect_lack("CREATE TABLE t (a); CREATE TRIGGER g AFTER " + event +
                        " ON t BEGIN SELECT clean(1); END",
                    "trigger g needs the function clean");
    expect_lack("CREATE VIEW v AS SELECT 1 AS a;"
                "CREATE TRIGGER g INSTEAD OF UPDATE ON v BEGIN SELECT clean(new.a); END",
                "trigger g needs the function clean");
}

TEST_F(EngineSupport, CollationsAreMissedEvenWithoutAnIndex) {
    expect_lack("CREATE TABLE t (a COLLATE german)", "table t needs the collation german");
    expect_lack("CREATE TABLE t (a); CREATE INDEX i ON t (a COLLATE german)",
                "index i needs the collation german");
    expect_lack("CREATE TABLE t (a); CREATE TABLE u (a COLLATE german, b CHECK (clean(b)))",
                "table u needs the collation german; table u needs the function clean");
}

TEST_F(EngineSupport, ModulesAreMissed) {
    expect_lack("PRAGMA writable_schema=ON; INSERT INTO sqlite_schema VALUES ('table', 'm', 'm', 0, "
                "'CREATE VIRTUAL TABLE m USING mapping(a)')",
                "table m needs the module mapping");
}

} // namespace
} // namespace lockstep
