// The way back that a draft writes: what was recorded in the new version goes back with everything else.
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace lockstep {
namespace {

const char* const older =
    "CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, born DATE, initials TEXT, state INTEGER);"
    "CREATE TABLE details(id INTEGER PRIMARY KEY, person_id INTEGER UNIQUE REFERENCES person(id),"
    " town TEXT);"
    "CREATE TABLE req_item(id INTEGER PRIMARY KEY, quantity REAL, purpose TEXT);"
    "INSERT INTO person VALUES (1, '1980-01-02', 'AN', 1), (2, '1990-03-04', NULL, 2);"
    "INSERT INTO details VALUES (1, 2, 'Valsør'); INSERT INTO req_item VALUES (7, 1.5, 'rope');";
const char* const newer =
    "CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, born_on DATE, state TEXT);"
    "CREATE TABLE details(id INTEGER PRIMARY KEY, person_id INTEGER UNIQUE REFERENCES person(id),"
    " town TEXT, initials TEXT);"
    "CREATE TABLE inv_item(id INTEGER PRIMARY KEY, quantity REAL, purpose TEXT, bin TEXT);";

TEST(DraftedWayBack, TakesTheCurrentDataBack) {
    const DraftDesk desk(older, newer);
    const Ran drafted = desk.draft("[values.\"person.state\"]\n1 = \"open\"\n2 = \"closed\"");
    EXPECT_EQ(drafted.err.find("There is no revert.sql"), std::string::npos) << drafted.err;
    const std::string database = desk.updated(drafted);
    EXPECT_EQ(sqlite(database, "SELECT * FROM person; SELECT person_id, town, initials FROM details"),
              "1|1980-01-02|open\n2|1990-03-04|closed\n2|Valsør|\n1||AN\n");
    sqlite(database, "INSERT INTO person(born_on, state) VALUES ('2001-05-06', 'closed');"
                     "INSERT INTO details(person_id, initials) VALUES (3, 'CC');"
                     "UPDATE inv_item SET quantity = 2.5");

    const std::string root = std::filesystem::path(database).parent_path().parent_path();
    const Ran back = run({built("update"), "--root", root, "rollback"});
    ASSERT_EQ(back.code, 0) << back.err << desk.script("revert.sql");
    EXPECT_EQ(sqlite(database, "SELECT * FROM person"),
              "1|1980-01-02|AN|1\n2|1990-03-04||2\n3|2001-05-06|CC|2\n");
    EXPECT_EQ(sqlite(database, "SELECT * FROM req_item"), "7|2.5|rope\n");
    const Ran same = run({built("lockstep"), "diff", desk.older(), database});
    EXPECT_EQ(same.code, 0) << same.out;
}

TEST(DraftedWayBack, IsNotThereWhereSomethingIsLostForGood) {
    const DraftDesk desk(
        "CREATE TABLE brand(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE item(id INTEGER PRIMARY KEY,"
        " brand_id INTEGER REFERENCES brand(id)); INSERT INTO brand VALUES (1, 'Ærø');",
        "CREATE TABLE item(id INTEGER PRIMARY KEY, brand TEXT)");
    const Ran drafted = desk.draft();
    EXPECT_EQ(drafted.code, 0);
    EXPECT_EQ(desk.script("revert.sql"), "");
    EXPECT_NE(
        drafted.err.find("item.brand keeps the names that item.brand_id referred to, not their numbers"),
        std::string::npos)
        << drafted.err;
}

} // namespace
} // namespace lockstep
