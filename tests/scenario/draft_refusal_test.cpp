// What a draft must not do by itself: drop what holds something, guess, overwrite, or run half.
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

void expect_says(const Ran& ran, int code, const std::string& sentence) {
    EXPECT_EQ(ran.code, code) << ran.out << ran.err;
    EXPECT_NE(ran.err.find(sentence), std::string::npos) << ran.err;
}

const char* const older =
    "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, fax TEXT);"
    "CREATE TABLE visit(id INTEGER PRIMARY KEY, day TEXT);"
    "INSERT INTO person VALUES (1, 'Ana', NULL); INSERT INTO visit VALUES (1, '2026-01-01');";
const char* const newer = "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);";

TEST(OpenDraft, SaysWhatToDecideAndNeverRuns) {
    const DraftDesk desk(older, newer);
    const Ran drafted = desk.draft();
    expect_says(drafted, 0, "table visit is gone, with 1 row. Say what becomes of them:");
    EXPECT_NE(drafted.err.find("dropped_tables = [\"visit\"]"), std::string::npos) << drafted.err;
    EXPECT_NE(drafted.err.find("1 decision open."), std::string::npos) << drafted.err;
    EXPECT_NE(desk.script().find("-- DECIDE: table visit is gone"), std::string::npos) << desk.script();
    expect_says(desk.rehearse(drafted), 20, "decide: 1 place in this draft marked DECIDE");
}

// The sqlite3 program goes on after an error, unless it is told not to.
TEST(OpenDraft, LosesNothingWhereSomebodyRunsItByHand) {
    const DraftDesk desk(older, newer);
    ASSERT_EQ(desk.draft().code, 0);
    const std::string before = sqlite(desk.older(), ".dump");
    const Ran ran = run({"sh", "-c", "sqlite3 old.db < migrations/1.1.0/all.sql"}, desk / ".");
    EXPECT_NE(ran.err.find("no such function: require"), std::string::npos) << ran.err;
    EXPECT_EQ(sqlite(desk.older(), ".dump"), before);
}

TEST(OpenDraft, RunsOnceItIsDecided) {
    const DraftDesk desk(older, newer);
    ASSERT_EQ(desk.draft().code, 0);
    const Ran drafted = desk.draft("dropped_tables = [\"visit\"]");
    expect_says(drafted, 0, "the rows of visit are dropped"); // why there is no way back
    EXPECT_EQ(sqlite(desk.updated(drafted), "SELECT * FROM person"), "1|Ana\n");
    EXPECT_EQ(desk.script("revert.sql"), "");
}

// The release manager's copy has no fax number; a laptop has one.
TEST(GuardedDraft, StopsOnALaptopWhereADroppedColumnHoldsSomething) {
    const DraftDesk desk("CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, fax TEXT);"
                         "INSERT INTO person VALUES (1, 'Ana', NULL);",
                         newer);
    const Ran drafted = desk.draft();
    ASSERT_EQ(desk.rehearse(drafted).code, 0);
    sqlite(desk.older(), "UPDATE person SET fax = '+45 1'");
    expect_says(desk.rehearse(drafted), 20, "column person.fax holds values here, and this release drops it");
}

TEST(GuardedDraft, StopsWhereADroppedTableHasRows) {
    const DraftDesk desk(
        "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE visit(day TEXT);", newer);
    const Ran drafted = desk.draft();
    ASSERT_EQ(desk.rehearse(drafted).code, 0);
    sqlite(desk.older(), "INSERT INTO visit VALUES ('x')");
    expect_says(desk.rehearse(drafted), 20, "table visit has rows here, and this release drops it");
}

TEST(GuardedDraft, StopsAtAValueThatNothingIsDecidedFor) {
    const DraftDesk desk(
        "CREATE TABLE job(id INTEGER PRIMARY KEY, status INTEGER); INSERT INTO job VALUES (1, 1);",
        "CREATE TABLE job(id INTEGER PRIMARY KEY, status TEXT)");
    const Ran drafted = desk.draft("[values.\"job.status\"]\n1 = \"open\"");
    ASSERT_EQ(desk.rehearse(drafted).code, 0);
    sqlite(desk.older(), "INSERT INTO job VALUES (2, 9)");
    expect_says(desk.rehearse(drafted), 20, "job.status: nothing is decided for the value 9");
}

struct Question {
    std::string name;
    std::string older;
    std::string newer;
    std::string sentence;
};

class AskedAbout : public testing::TestWithParam<Question> {};

TEST_P(AskedAbout, IsLeftToAPerson) {
    const DraftDesk desk(GetParam().older, GetParam().newer);
    const Ran drafted = desk.draft();
    expect_says(drafted, 0, GetParam().sentence);
    EXPECT_NE(drafted.err.find("decision"), std::string::npos);
    EXPECT_NE(desk.script().find("-- DECIDE: "), std::string::npos) << desk.script();
    EXPECT_NE(desk.script().find("SELECT require(0, 'decide: "), std::string::npos) << desk.script();
}

INSTANTIATE_TEST_SUITE_P(
    Question, AskedAbout,
    testing::Values(
        Question{
            "Nulls",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t(a) VALUES (NULL), ('x'), (NULL);",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT NOT NULL)",
            "column t.a must not be NULL, and 2 rows of t have NULL there. Say what it is instead:"},
        Question{"NewNotNull", "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);",
                 "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INTEGER NOT NULL)",
                 "column t.b is new, must not be NULL and has no default. Say what it is:"},
        Question{
            "NoNumber",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t(a) VALUES ('12'), ('01/14/10 1');",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER)",
            "column t.a is INTEGER now, and 1 value is no number."},
        Question{
            "NamesInQuotes",
            "CREATE TABLE \"or\"\"der x\"(id INTEGER PRIMARY KEY, \"a.b\" TEXT); INSERT INTO \"or\"\"der "
            "x\"(\"a.b\") VALUES ('x');",
            "CREATE TABLE \"or\"\"der x\"(id INTEGER PRIMARY KEY, \"a.b\" INTEGER)",
            "[values.\"or\\\"der x.a.b\"]\n    \"…\" = 0\n    [expressions]\n    \"or\\\"der x.a.b\" = "
            "\"CAST(substr(\\\"a.b\\\", 1, 4) AS INTEGER)\""},
        Question{"ValuesOfAColumn",
                 "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b BLOB); INSERT INTO t(b) VALUES (x'00');",
                 "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)",
                 "column t.b is gone, with 1 value. Say what becomes of them:"},
        Question{
            "TwoColumnsThatFit",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT, y TEXT); INSERT INTO t VALUES (1, 'a', 'b');",
            "CREATE TABLE t(id INTEGER PRIMARY KEY, p TEXT)", "column t.y is gone, with 1 value."},
        Question{"RowsToPutTogether",
                 "CREATE TABLE north(id INTEGER PRIMARY KEY, name TEXT, debt REAL);"
                 "CREATE TABLE south(id INTEGER PRIMARY KEY, name TEXT, debt REAL);"
                 "INSERT INTO north VALUES (1, 'n', 1); INSERT INTO south VALUES (1, 's', 2);",
                 "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, debt REAL)",
                 "merged_tables = { north = \"customer\" }"}),
    [](const auto& information) { return information.param.name; });

TEST(Draft, IsMadeAgainButNeverOverWhatSomebodyChanged) {
    const DraftDesk desk(older, newer);
    ASSERT_EQ(desk.draft().code, 0);
    const std::string first = desk.script();
    ASSERT_EQ(desk.draft("dropped_tables = [\"visit\"]").code, 0);
    EXPECT_NE(desk.script(), first);
    const std::string changed = desk.script() + "-- mine\n";
    write_file(desk / "migrations/1.1.0/all.sql", changed);
    expect_says(desk.draft(), 2, "it was written or changed by hand since it was drafted");
    EXPECT_EQ(desk.script(), changed);
}

TEST(Draft, OfTheSameTwoIsTheSame) {
    const DraftDesk desk(older, newer);
    ASSERT_EQ(desk.draft().code, 0);
    const std::string first = desk.script();
    ASSERT_EQ(desk.draft().code, 0);
    EXPECT_EQ(desk.script(), first);
}

TEST(Decisions, OfWhatIsNotThereAreRefused) {
    const DraftDesk desk(older, newer);
    expect_says(desk.draft("dropped_tables = [\"visits\"]"), 2,
                "dropped_tables names visits, which is not in the old database");
    expect_says(desk.draft("renamed_columns = { \"person.fax\" = \"person.phone\" }"), 2,
                "renamed_columns names person.phone, which is not in the new database");
    expect_says(desk.draft("droped_tables = []"), 2, "unknown key 'droped_tables'");
    expect_says(
        desk.draft("moved_columns = { \"person.fax\" = \"person.name\" }"), 2,
        "moved_columns says person.fax is now person.name, which is the same table; renamed_columns is "
        "for that");
    EXPECT_FALSE(fs::exists(desk / "migrations/1.1.0"));
}

// An application may register modules and functions for itself; a script that needs them can't run here.
TEST(Draft, NamesWhatTheEngineLacks) {
    const std::string lacking =
        "CREATE TABLE t(a TEXT); PRAGMA writable_schema=ON;"
        "INSERT INTO sqlite_schema VALUES ('table', 'places', 'places', 0, 'CREATE VIRTUAL TABLE places "
        "USING "
        "spellfix9(x)'), ('view', 'v', 'v', 0, 'CREATE VIEW v AS SELECT field_hash(a) FROM t');"
        "PRAGMA writable_schema=RESET";
    const DraftDesk desk(lacking, lacking + "; CREATE TABLE u(b TEXT)");
    const Ran compared = desk.diff();
    EXPECT_EQ(compared.code, 1) << compared.err;
    EXPECT_NE(compared.out.find("table u appeared"), std::string::npos) << compared.out;
    const Ran drafted = desk.draft();
    expect_says(drafted, 2, "table places needs the module spellfix9");
    expect_says(drafted, 2, "view v needs the function field_hash");
    EXPECT_EQ(desk.script(), "");
}

} // namespace
} // namespace lockstep
