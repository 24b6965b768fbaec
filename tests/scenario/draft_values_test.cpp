// Values that a draft would change on the way: it asks where the old database has some, and what it drafted
// stops on a laptop that has one.
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

struct ChangedValues {
    std::string name;
    std::string older; // SQL
    std::string rows;  // of which the draft can't hand on some as they are
    std::string newer;
    std::string question; // asked where the old database has the rows
    int code;             // what a rehearsal ends with where a draft of a database without them meets them
    std::string refusal;
    std::string decisions; // an answer
    std::string asked;     // of the database updated by it
    std::string answer;
    std::string no_way_back;
};

class DraftThatChangesValues : public testing::TestWithParam<ChangedValues> {};

TEST_P(DraftThatChangesValues, AsksFirst) {
    const DraftDesk desk(GetParam().older + GetParam().rows, GetParam().newer);
    const Ran drafted = desk.draft();
    EXPECT_EQ(drafted.code, 0);
    EXPECT_NE(drafted.err.find(GetParam().question), std::string::npos) << drafted.err;
    EXPECT_NE(desk.script().find("-- DECIDE: " + GetParam().question), std::string::npos) << desk.script();
    EXPECT_EQ(desk.script("revert.sql"), "");
}

TEST_P(DraftThatChangesValues, StopsOnALaptopThatHasSome) {
    const DraftDesk desk(GetParam().older, GetParam().newer);
    const Ran drafted = desk.draft();
    const Ran harmless = desk.rehearse(drafted);
    ASSERT_EQ(harmless.code, 0) << drafted.err << harmless.err;
    sqlite(desk.older(), GetParam().rows);
    const Ran rehearsed = desk.rehearse(drafted);
    EXPECT_EQ(rehearsed.code, GetParam().code) << desk.script() << desk.script("checks.sql");
    EXPECT_NE(rehearsed.err.find(GetParam().refusal), std::string::npos) << rehearsed.err;
}

TEST_P(DraftThatChangesValues, DoesAsSomebodyDecided) {
    const DraftDesk desk(GetParam().older + GetParam().rows, GetParam().newer);
    const Ran drafted = desk.draft(GetParam().decisions);
    EXPECT_NE(drafted.err.find(GetParam().no_way_back), std::string::npos) << drafted.err;
    EXPECT_EQ(desk.script("revert.sql"), "");
    std::string database;
    ASSERT_NO_THROW(database = desk.updated(drafted)) << desk.script();
    EXPECT_EQ(sqlite(database, GetParam().asked), GetParam().answer) << desk.script();
}

const char* const items =
    "CREATE TABLE brand(id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE item(id INTEGER PRIMARY KEY, brand_id INTEGER REFERENCES brand(id));"
    "INSERT INTO brand VALUES (1, 'Acme'), (2, NULL); INSERT INTO item VALUES (1, 1), (2, NULL);";

INSTANTIATE_TEST_SUITE_P(
    Values, DraftThatChangesValues,
    testing::Values(
        ChangedValues{
            "ReferenceWithoutAName", items, "INSERT INTO item VALUES (3, 2);",
            "CREATE TABLE item(id INTEGER PRIMARY KEY, brand TEXT)",
            "item.brand_id refers to no brand that has a name in 1 row (key 3), and only the name "
            "is kept.",
            20,
            "item.brand_id refers to no brand that has a name here, and this release keeps only the "
            "name",
            "expressions = { \"item.brand\" = \"(SELECT coalesce(name, id) FROM brand WHERE id = "
            "brand_id)\" }",
            "SELECT * FROM item", "1|Acme\n2|\n3|2\n",
            "item.brand keeps the names that item.brand_id referred to, not their numbers"},
        ChangedValues{
            "ReferenceToNothing",
            "CREATE TABLE brand(id INTEGER PRIMARY KEY, name TEXT);"
            "CREATE TABLE item(id INTEGER PRIMARY KEY, brand_id INTEGER REFERENCES brand(id));"
            "INSERT INTO brand VALUES (1, 'Acme'); INSERT INTO item VALUES (1, 1);",
            "INSERT INTO item VALUES (4, 77);", "CREATE TABLE item(id INTEGER PRIMARY KEY, brand TEXT)",
            "item.brand_id refers to no brand that has a name in 1 row (key 4), and only the name "
            "is kept.",
            20,
            "item.brand_id refers to no brand that has a name here, and this release keeps only the "
            "name",
            "[defaults]\n\"item.brand\" = \"?\"", "SELECT * FROM item", "1|Acme\n4|?\n",
            "item.brand keeps the names that item.brand_id referred to, not their numbers"}),
    [](const auto& information) { return information.param.name; });

} // namespace
} // namespace lockstep
