// Rows that the new schema has no room for: a draft is tried on the old database's own rows, and says where
// it stops.
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

struct Unfit {
    std::string name;
    std::string older;
    std::string newer;
    std::string sentence;
};

class DraftOfRowsThatDoNotFit : public testing::TestWithParam<Unfit> {};

TEST_P(DraftOfRowsThatDoNotFit, SaysWhereItStops) {
    const DraftDesk desk(GetParam().older, GetParam().newer);
    const Ran drafted = desk.draft();
    EXPECT_EQ(drafted.code, 0);
    EXPECT_NE(drafted.err.find(GetParam().sentence), std::string::npos) << drafted.err;
    EXPECT_NE(drafted.err.find("1 decision open."), std::string::npos) << drafted.err;
    EXPECT_NE(desk.script().find("-- DECIDE: " + GetParam().sentence), std::string::npos) << desk.script();
    EXPECT_EQ(desk.script().find("it runs as it stands"), std::string::npos) << desk.script();
    EXPECT_EQ(desk.script("revert.sql"), "");
}

const std::string stops = "the script does not run on the rows of the old database: ";

INSTANTIATE_TEST_SUITE_P(
    Rows, DraftOfRowsThatDoNotFit,
    testing::Values(
        Unfit{"Duplicates",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t(a) VALUES ('x'), ('x');",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT UNIQUE)",
              "t: " + stops + "UNIQUE constraint failed: t_new.a. Mend these rows"},
        Unfit{"DuplicatesInAnIndex",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t(a) VALUES ('x'), ('x');",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); CREATE UNIQUE INDEX i ON t(a)",
              stops + "UNIQUE constraint failed: t.a. Mend these rows"},
        Unfit{"NullInAKey", "CREATE TABLE t(k TEXT PRIMARY KEY, a TEXT); INSERT INTO t VALUES (NULL, 'x');",
              "CREATE TABLE t(k TEXT PRIMARY KEY, a TEXT) WITHOUT ROWID",
              "t: " + stops + "NOT NULL constraint failed: t_new.k."},
        Unfit{"Check", "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER); INSERT INTO t(a) VALUES (-1);",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER CHECK (a > 0))",
              "t: " + stops + "CHECK constraint failed: a > 0."},
        Unfit{"Strict", "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER); INSERT INTO t(a) VALUES ('x');",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER) STRICT",
              "t: " + stops + "cannot store TEXT value in INTEGER column t_new.a."},
        Unfit{"SeveralRowsForOne",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);"
              "CREATE TABLE details(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id), town "
              "TEXT, street TEXT); INSERT INTO person VALUES (1, 'Ana');"
              "INSERT INTO details VALUES (1, 1, 'a', 's'), (2, 1, 'b', 's');",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, town TEXT);"
              "CREATE TABLE details(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id), street "
              "TEXT);",
              "person: " + stops + "several rows of details belong to one row of person"}),
    [](const auto& information) { return information.param.name; });

} // namespace
} // namespace lockstep
