// Decisions that contradict each other or that nothing can follow: the draft says which, and writes nothing.
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace lockstep {
namespace {

struct Unfollowed {
    std::string name;
    std::string decisions;
    std::string sentence;
};

class DecisionThatCannotBeFollowed : public testing::TestWithParam<Unfollowed> {};

TEST_P(DecisionThatCannotBeFollowed, IsNamed) {
    const DraftDesk desk("CREATE TABLE o(id INTEGER PRIMARY KEY, a TEXT, b TEXT, q TEXT);"
                         "INSERT INTO o VALUES (1, 'a', 'b', 'q'); CREATE TABLE z(q TEXT);"
                         "CREATE TABLE north(id INTEGER PRIMARY KEY, q TEXT);",
                         "CREATE TABLE o(id INTEGER PRIMARY KEY, c TEXT, q TEXT, twice TEXT AS (q || q));"
                         "CREATE TABLE z(q TEXT); CREATE TABLE fresh(x TEXT);");
    const Ran drafted = desk.draft(GetParam().decisions);
    EXPECT_EQ(drafted.code, 2) << drafted.err;
    EXPECT_NE(drafted.err.find(GetParam().sentence), std::string::npos) << drafted.err;
    EXPECT_FALSE(std::filesystem::exists(desk / "migrations/1.1.0"));
}

INSTANTIATE_TEST_SUITE_P(
    Decision, DecisionThatCannotBeFollowed,
    testing::Values(
        Unfollowed{"TwoColumnsForOne", "renamed_columns = { \"o.a\" = \"o.c\", \"o.b\" = \"O.C\" }",
                   "renamed_columns names O.C, which renamed_columns has decided already"},
        Unfollowed{"RenamedAndDropped",
                   "renamed_columns = { \"o.a\" = \"o.c\" }\ndropped_columns = [\"O.a\"]",
                   "dropped_columns names O.a, which renamed_columns has decided already"},
        Unfollowed{"TableThatStays", "dropped_tables = [\"z\"]",
                   "dropped_tables names z, which the new database still has"},
        Unfollowed{"ColumnThatStays", "dropped_columns = [\"z.q\"]",
                   "dropped_columns names z.q, which the new database still has; expressions can say what it "
                   "is to hold"},
        Unfollowed{"MergedTableThatStays", "merged_tables = { z = \"o\" }",
                   "merged_tables names z, which the new database still has"},
        Unfollowed{"MergedAndDropped", "merged_tables = { north = \"o\" }\ndropped_tables = [\"NORTH\"]",
                   "dropped_tables names NORTH, which merged_tables has decided already"},
        Unfollowed{"ExpressionWithoutRows", "expressions = { \"fresh.x\" = \"'x'\" }",
                   "expressions names fresh.x, whose table is new and gets no rows from an old one"},
        Unfollowed{"DefaultWithoutRows", "[defaults]\n\"fresh.x\" = \"x\"",
                   "defaults names fresh.x, whose table is new and gets no rows from an old one"},
        Unfollowed{"ReckonedColumn", "expressions = { \"o.twice\" = \"q\" }",
                   "expressions names o.twice, which SQLite reckons by its own expression"},
        Unfollowed{"ValuesOfNothing", "dropped_columns = [\"o.a\", \"o.b\"]\n[values.\"o.c\"]\nx = \"y\"",
                   "values names o.c, where no old value is handed on"}),
    [](const auto& information) { return information.param.name; });

} // namespace
} // namespace lockstep
