// Tables whose rows are put together: every row, under its own key, and no key given out twice.
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

const char* const customer = "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT);";

TEST(DraftedMerge, IntoATableThatStaysAsItIsKeepsEveryRow) {
    const DraftDesk desk(std::string(customer) +
                             "CREATE TABLE north(id INTEGER PRIMARY KEY, name TEXT);"
                             "INSERT INTO customer VALUES (1, 'a'); INSERT INTO north VALUES (2, 'n');",
                         customer);
    const Ran drafted = desk.draft("merged_tables = { north = \"customer\" }");
    std::string database;
    ASSERT_NO_THROW(database = desk.updated(drafted)) << desk.script();
    EXPECT_EQ(sqlite(database, "SELECT * FROM customer"), "1|a\n2|n\n") << desk.script();
}

// SQLite takes "North" and "north" for the same table, and so does a decision.
TEST(DraftedMerge, IsFollowedUnderAnySpellingOfTheNames) {
    const DraftDesk desk("CREATE TABLE north(id INTEGER PRIMARY KEY, name TEXT);"
                         "CREATE TABLE south(id INTEGER PRIMARY KEY, name TEXT);"
                         "INSERT INTO north VALUES (1, 'n'); INSERT INTO south VALUES (2, 's');",
                         customer);
    const Ran drafted = desk.draft("merged_tables = { North = \"CUSTOMER\", SOUTH = \"Customer\" }");
    std::string database;
    ASSERT_NO_THROW(database = desk.updated(drafted)) << desk.script();
    EXPECT_EQ(sqlite(database, "SELECT * FROM customer"), "1|n\n2|s\n") << desk.script();
}

// A key that belonged to a row that was deleted may stand on paper: it must not come back for another.
TEST(DraftedMerge, GivesOutNoKeyThatAnyOfTheTablesGaveOut) {
    const DraftDesk desk("CREATE TABLE north(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);"
                         "CREATE TABLE south(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);"
                         "CREATE TABLE east(id INTEGER PRIMARY KEY, name TEXT);"
                         "INSERT INTO north VALUES (1, 'n'); INSERT INTO east VALUES (2, 'e');"
                         "INSERT INTO south VALUES (3, 's'), (50, 'gone'); DELETE FROM south WHERE id = 50;",
                         "CREATE TABLE station(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)");
    const Ran drafted =
        desk.draft("merged_tables = { north = \"station\", south = \"station\", east = \"station\" }");
    std::string database;
    ASSERT_NO_THROW(database = desk.updated(drafted)) << desk.script();
    sqlite(database, "INSERT INTO station(name) VALUES ('new')");
    EXPECT_EQ(sqlite(database, "SELECT * FROM station; SELECT * FROM sqlite_sequence"),
              "1|n\n2|e\n3|s\n51|new\nstation|51\n")
        << desk.script();
}

TEST(DraftedMerge, FollowsWhatIsDecidedOfItsColumns) {
    const DraftDesk desk(
        "CREATE TABLE north(id INTEGER PRIMARY KEY, state INTEGER, town TEXT, size INTEGER);"
        "INSERT INTO north VALUES (1, 1, NULL, 2);",
        "CREATE TABLE customer(id INTEGER PRIMARY KEY, state TEXT, town TEXT, size INTEGER)");
    const Ran drafted = desk.draft("merged_tables = { north = \"customer\" }\n"
                                   "expressions = { \"customer.size\" = \"size * 10\" }\n"
                                   "defaults = { \"customer.town\" = \"?\" }\n"
                                   "[values.\"customer.state\"]\n1 = \"open\"");
    EXPECT_NE(desk.script().find("coalesce(old.\"town\", '?')"), std::string::npos) << drafted.err;
    EXPECT_NE(desk.script().find("= '1' THEN 'open'"), std::string::npos) << desk.script();
    EXPECT_NE(desk.script().find("(size * 10)"), std::string::npos) << desk.script();
}

} // namespace
} // namespace lockstep
