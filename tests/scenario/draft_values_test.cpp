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
            "item.brand keeps the names that item.brand_id referred to, not their numbers"},
        ChangedValues{"TextToInteger",
                      "CREATE TABLE z(id INTEGER PRIMARY KEY, zip TEXT); INSERT INTO z VALUES (1, '4700');",
                      "INSERT INTO z VALUES (2, '01234'), (3, '+0046701');",
                      "CREATE TABLE z(id INTEGER PRIMARY KEY, zip INTEGER)",
                      "column z.zip is INTEGER now, and 2 values do not come back from it as they were (keys "
                      "2: '01234' becomes 1234, 3: '+0046701' becomes 46701).",
                      21, "id=2, was='01234', is_now=1234", "expressions = { \"z.zip\" = \"zip\" }",
                      "SELECT * FROM z", "1|4700\n2|1234\n3|46701\n",
                      "z.zip is reckoned, and nothing says how to reckon it back"},
        ChangedValues{"UntypedToText",
                      "CREATE TABLE z(id INTEGER PRIMARY KEY, v); INSERT INTO z VALUES (1, 'five');",
                      "INSERT INTO z VALUES (2, 5);", "CREATE TABLE z(id INTEGER PRIMARY KEY, v TEXT)",
                      "column z.v is TEXT now, and 1 value does not come back from it as it was (key 2: 5 "
                      "becomes '5').",
                      21, "id=2, was=5, is_now='5'", "expressions = { \"z.v\" = \"'no. ' || v\" }",
                      "SELECT * FROM z WHERE id = 2", "2|no. 5\n",
                      "z.v is reckoned, and nothing says how to reckon it back"},
        ChangedValues{
            "RealToText", "CREATE TABLE z(id INTEGER PRIMARY KEY, v REAL); INSERT INTO z VALUES (1, 0.25);",
            "INSERT INTO z VALUES (2, 0.1 + 0.2);", "CREATE TABLE z(id INTEGER PRIMARY KEY, v TEXT)",
            "column z.v is TEXT now, and 1 value does not come back from it as it was (key 2: "
            "0.30000000000000004 becomes '0.3').",
            21, "id=2, was=0.3, is_now='0.3'", "expressions = { \"z.v\" = \"v\" }",
            "SELECT * FROM z WHERE id = 2", "2|0.3\n",
            "z.v is reckoned, and nothing says how to reckon it back"},
        ChangedValues{"WithoutAKey", "CREATE TABLE z(v TEXT); INSERT INTO z VALUES ('5');",
                      "INSERT INTO z VALUES ('05');", "CREATE TABLE z(v INTEGER)",
                      "column z.v is INTEGER now, and 1 value does not come back from it as it was (key 2: "
                      "'05' becomes 5).",
                      21, "rowid=2, was='05', is_now=5", "[values.\"z.v\"]\n05 = 5\n5 = 5", "SELECT * FROM z",
                      "5\n5\n", "several values of z.v became the same one"},
        ChangedValues{
            "ReckonedColumn",
            "CREATE TABLE o(id INTEGER PRIMARY KEY, qty INT, price INT, total INT);"
            "INSERT INTO o VALUES (1, 2, 3, 6);",
            "INSERT INTO o VALUES (2, 2, 3, 5);",
            "CREATE TABLE o(id INTEGER PRIMARY KEY, qty INT, price INT, total INT AS (qty * price) "
            "STORED)",
            "column o.total is reckoned now, and 1 row has another value there (key 2: 5 becomes 6). "
            "Mend these rows, or let the values go:",
            21, "o.total", "dropped_columns = [\"o.total\"]", "SELECT * FROM o", "1|2|3|6\n2|2|3|6\n",
            "the values of o.total are dropped"}),
    [](const auto& information) { return information.param.name; });

} // namespace
} // namespace lockstep
