// Virtual tables in a draft: their rows and values are accounted for as those of ordinary tables are.
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

const char* const box = "CREATE VIRTUAL TABLE geo USING rtree(id, x0, x1, +label TEXT);"
                        "INSERT INTO geo VALUES (7, 1.5, 2.5, 'home');";
const char* const notes = "CREATE VIRTUAL TABLE notes USING fts5(title, body);"
                          "INSERT INTO notes(rowid, title, body) VALUES (7, 'hello', 'only here');";

struct VirtualRows {
    std::string name;
    std::string older;
    std::string newer;
    std::string question; // asked of the updated database
    std::string answer;
    std::string decisions = {};
};

class DraftOfAVirtualTable : public testing::TestWithParam<VirtualRows> {};

TEST_P(DraftOfAVirtualTable, KeepsEveryValue) {
    const VirtualRows& rows = GetParam();
    const DraftDesk desk(rows.older, rows.newer);
    std::string database;
    ASSERT_NO_THROW(database = desk.updated(desk.draft(rows.decisions))) << desk.script();
    EXPECT_EQ(sqlite(database, rows.question), rows.answer) << desk.script();
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DraftOfAVirtualTable,
    testing::Values(
        VirtualRows{"RenamedCoordinates", box,
                    "CREATE VIRTUAL TABLE geo USING rtree(id, minx, maxx, +label TEXT)", "SELECT * FROM geo",
                    "7|1.5|2.5|home\n"},
        VirtualRows{"ExchangedCoordinates",
                    "CREATE VIRTUAL TABLE geo USING rtree(id, x0, x1, y0, y1); INSERT INTO geo VALUES (7, 1, "
                    "2, 3, 4);",
                    "CREATE VIRTUAL TABLE geo USING rtree(id, y0, y1, x0, x1)",
                    "SELECT id, x0, x1, y0, y1 FROM geo", "7|1.0|2.0|3.0|4.0\n"},
        VirtualRows{"DecidedName", notes, "CREATE VIRTUAL TABLE notes USING fts5(title, text)",
                    "SELECT rowid, title, text FROM notes WHERE notes MATCH 'only'", "7|hello|only here\n",
                    "renamed_columns = { \"notes.body\" = \"notes.text\" }"},
        VirtualRows{"BecomesATable", notes,
                    "CREATE TABLE notes(id INTEGER PRIMARY KEY, title TEXT, body TEXT)",
                    "SELECT * FROM notes", "7|hello|only here\n"},
        VirtualRows{"Expression", notes, "CREATE VIRTUAL TABLE notes USING fts5(title, body, size)",
                    "SELECT title, size FROM notes", "hello|9\n",
                    "expressions = { \"notes.size\" = \"length(body)\" }"}),
    [](const auto& information) { return information.param.name; });

struct VirtualLoss {
    std::string name;
    std::string older;
    std::string rows; // SQL
    std::string newer;
    std::string question; // what is asked where the old database has the rows
    std::string refusal;  // what a laptop that has them says where the old database had none
};

class DraftThatLosesVirtualRows : public testing::TestWithParam<VirtualLoss> {};

TEST_P(DraftThatLosesVirtualRows, AsksFirst) {
    const DraftDesk desk(GetParam().older + GetParam().rows, GetParam().newer);
    const Ran drafted = desk.draft();
    EXPECT_EQ(drafted.code, 0);
    EXPECT_NE(drafted.err.find(GetParam().question), std::string::npos) << drafted.err;
    EXPECT_NE(desk.script().find("-- DECIDE: " + GetParam().question), std::string::npos) << desk.script();
}

TEST_P(DraftThatLosesVirtualRows, StopsOnALaptopThatHasSome) {
    const DraftDesk desk(GetParam().older, GetParam().newer);
    const Ran drafted = desk.draft();
    ASSERT_EQ(desk.rehearse(drafted).code, 0) << drafted.err << desk.rehearse(drafted).err;
    sqlite(desk.older(), GetParam().rows);
    const Ran rehearsed = desk.rehearse(drafted);
    EXPECT_EQ(rehearsed.code, 20);
    EXPECT_NE(rehearsed.err.find(GetParam().refusal), std::string::npos) << rehearsed.err;
}

INSTANTIATE_TEST_SUITE_P(
    Loss, DraftThatLosesVirtualRows,
    testing::Values(
        VirtualLoss{"Column", "CREATE VIRTUAL TABLE notes USING fts5(title, body);",
                    "INSERT INTO notes VALUES ('hello', 'only here');",
                    "CREATE VIRTUAL TABLE notes USING fts5(title, text)",
                    "column notes.body is gone, with 1 value. Say what becomes of them:",
                    "column notes.body holds values here, and this release drops it"},
        VirtualLoss{"Table", "CREATE TABLE t(a); CREATE VIRTUAL TABLE notes USING fts5(title);",
                    "INSERT INTO notes VALUES ('hello');", "CREATE TABLE t(a)",
                    "table notes is gone, with 1 row. Say what becomes of them:",
                    "table notes has rows here, and this release drops it"},
        VirtualLoss{"IndexWithoutText", "CREATE VIRTUAL TABLE notes USING fts5(title, content='');",
                    "INSERT INTO notes(rowid, title) VALUES (1, 'hello');",
                    "CREATE VIRTUAL TABLE notes USING fts5(title, content='', tokenize='porter')",
                    "table notes keeps no text of its own, and its index can't be made again from "
                    "the database, with 1 row. Say what becomes of them:",
                    "table notes has rows here, and this release empties it"},
        VirtualLoss{"RowsOfItsOwn",
                    "CREATE TABLE n(id INTEGER PRIMARY KEY, title TEXT);"
                    "CREATE VIRTUAL TABLE notes USING fts5(title);",
                    "INSERT INTO notes VALUES ('hello');",
                    "CREATE TABLE n(id INTEGER PRIMARY KEY, title TEXT);"
                    "CREATE VIRTUAL TABLE notes USING fts5(title, content='n', content_rowid='id')",
                    "table notes keeps no rows of its own any more, with 1 row.",
                    "table notes has rows here, and this release empties it"}),
    [](const auto& information) { return information.param.name; });

TEST(DraftedIndexWithoutText, IsEmptiedOnceSomebodyDecidedSo) {
    const DraftDesk desk("CREATE VIRTUAL TABLE notes USING fts5(title, body, content='');"
                         "INSERT INTO notes(rowid, title, body) VALUES (1, 'hello', 'you');",
                         "CREATE VIRTUAL TABLE notes USING fts5(title, body, content='', tokenize='porter')");
    const Ran drafted = desk.draft("dropped_columns = [\"notes.title\", \"notes.body\"]");
    EXPECT_NE(drafted.err.find("the values of notes.title are dropped"), std::string::npos) << drafted.err;
    std::string database;
    ASSERT_NO_THROW(database = desk.updated(drafted)) << desk.script();
    EXPECT_EQ(sqlite(database, "SELECT count(*) FROM notes"), "0\n");
}

} // namespace
} // namespace lockstep
