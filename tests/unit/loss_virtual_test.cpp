// Virtual tables in the loss ledger, and tables that only look as if they belonged to one.
#include "payload/values_differ.h"
#include "tests/unit/loss_fixture.h"

namespace lockstep {
namespace {

const std::string search =
    "CREATE VIRTUAL TABLE search USING fts5(body); INSERT INTO search VALUES ('a'), ('b'), ('c');"
    "CREATE VIEW shown AS SELECT 1;";
const std::string map = "CREATE VIRTUAL TABLE map USING rtree(id, low, high, +label TEXT);"
                        "INSERT INTO map VALUES (7, 1.5, 2.5, 'home'), (8, 3, 4, 'away');";

TEST_F(LossTest, AVirtualTableKeepsItsRows) {
    given(search, "DELETE FROM search WHERE body = 'b'; DROP VIEW shown;");
    EXPECT_EQ(messages(violations()), Messages{"table search: 1 of 3 rows is gone (key 2)"});
    EXPECT_EQ(messages(violations({.max_shrink = {{"search", "1"}}})), Messages{});
}

TEST_F(LossTest, AVirtualTableKeepsItsValues) {
    given(search, "UPDATE search SET body = '' WHERE rowid > 1");
    const auto found = violations();
    ASSERT_EQ(messages(found), Messages{"column search.body: 2 of 3 values changed (keys 2, 3)"});
    EXPECT_EQ(found[0].declaration, "changed_columns = [\"search.body\"]");
    EXPECT_EQ(messages(violations({.changed_columns = {"search.body"}})), Messages{});
}

TEST_F(LossTest, AVirtualTableThatWasMadeAnewKeepsItsColumns) {
    given(search, "DROP TABLE search; CREATE VIRTUAL TABLE search USING fts5(text);"
                  "INSERT INTO search(rowid) VALUES (1), (2), (3)");
    EXPECT_EQ(messages(violations()), Messages{"column search.body (3 values) is gone"});
}

TEST_F(LossTest, AVirtualTablesColumnIsRenamedByWord) {
    given(search, "CREATE TEMP TABLE kept AS SELECT rowid AS id, body FROM search; DROP TABLE search;"
                  "CREATE VIRTUAL TABLE search USING fts5(text);"
                  "INSERT INTO search(rowid, text) SELECT id, body FROM kept");
    EXPECT_EQ(
        messages(violations()),
        Messages{"column search.body (3 values) is gone; the new column search.text has the same values"});
    EXPECT_EQ(messages(violations({.moved_columns = {{"search.body", "search.text"}}})), Messages{});
}

TEST_F(LossTest, AVirtualTableWhoseRowsGetOtherIdsIsFound) {
    given(search, "CREATE TEMP TABLE kept AS SELECT body FROM search; DELETE FROM search;"
                  "INSERT INTO search(rowid, body) SELECT 10 - rowid, body FROM kept");
    EXPECT_EQ(messages(violations()), Messages{"table search: 3 of 3 rows are gone (keys 1, 2, 3)"});
}

TEST_F(LossTest, ARegionKeepsItsBounds) {
    given(map, "UPDATE map SET low = 0 WHERE id = 7");
    EXPECT_EQ(messages(violations()), Messages{"column map.low: 1 of 2 values changed (key 7)"});
}

TEST_F(LossTest, AVirtualTableIsDroppedByWordOnly) {
    given(search, "DROP TABLE search");
    EXPECT_EQ(messages(violations()), Messages{"virtual table search (3 rows) is gone"});
    EXPECT_EQ(messages(violations({.dropped_tables = {"search"}})), Messages{});
}

TEST_F(LossTest, AVirtualTableWhoseModuleIsMissingIsNamed) {
    given("PRAGMA writable_schema=ON; INSERT INTO sqlite_schema VALUES ('table', 'map', 'map', 0, "
          "'CREATE VIRTUAL TABLE map USING cartography(x)');",
          "CREATE TABLE unrelated(a)");
    const auto found = violations();
    ASSERT_EQ(messages(found), Messages{"virtual table map can't be checked: no such module: cartography"});
    EXPECT_EQ(found[0].declaration, "ignore_tables = [\"map\"]");
}

// SQLite calls docs_content a shadow table for its name alone, though a full-text table that is told where
// its content is makes none.
TEST_F(LossTest, AContentTableOfTheApplicationsOwnIsHeldToAccount) {
    for (const std::string option : {"content='docs_content'", "CONT=\"docs_content\""}) {
        given("CREATE TABLE docs_content(id INTEGER PRIMARY KEY, body TEXT);"
              "INSERT INTO docs_content VALUES (1, 'x'), (2, 'y');"
              "CREATE VIRTUAL TABLE docs USING fts5(body, " +
                  option + ", content_rowid='id')",
              "UPDATE docs_content SET body = '' WHERE id = 1; DELETE FROM docs_content WHERE id = 2",
              option.substr(0, 4));
        EXPECT_EQ(
            messages(violations()),
            (Messages{"table docs: 1 of 2 rows is gone", "table docs_content: 1 of 2 rows is gone (key 2)",
                      "column docs_content.body: 1 of 2 values changed (key 1)"}));
        names_.clear();
    }
}

// Its values are kept where the index shows the same ones now, from wherever they come.
TEST_F(LossTest, AVirtualTableMayBecomeAnIndexOfItsOwnValues) {
    const std::string moved =
        "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT);"
        "INSERT INTO note SELECT rowid, body FROM search; DROP TABLE search;"
        "CREATE VIRTUAL TABLE search USING fts5(body, content='note', content_rowid='id')";
    given(search, moved, "kept");
    EXPECT_EQ(messages(violations()), Messages{});
    names_.clear();
    given(search, moved + "; UPDATE note SET body = 'z' WHERE id = 2", "changed");
    EXPECT_EQ(messages(violations()), Messages{"column search.body: 1 of 3 values changed (key 2)"});
}

// The same without a word of the release's is no loss: the index holds nothing of its own.
TEST_F(LossTest, AnIndexOfContentThatIsElsewhereMayBeMadeAnew) {
    given("CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT); INSERT INTO note VALUES (1, 'x');"
          "CREATE VIRTUAL TABLE found USING fts5(body, content='note', content_rowid='id');"
          "INSERT INTO found(found) VALUES ('rebuild')",
          "UPDATE note SET body = 'z'; INSERT INTO found(found) VALUES ('rebuild')");
    EXPECT_EQ(messages(violations({.changed_columns = {"note.body"}})), Messages{});
}

// A script may write past the virtual table, to the tables that it keeps its values in.
TEST_F(LossTest, WhatIsWrittenToAShadowTableIsFound) {
    given(search, "UPDATE search_content SET c0 = 'x' WHERE id = 2");
    WrittenTables written;
    EXPECT_EQ(messages(violations({}, written)), Messages{}) << "nothing is said to have been written to";
    written.tables = {{"main", "search_content"}};
    EXPECT_EQ(messages(violations({}, written)),
              Messages{"column search.body: 1 of 3 values changed (key 2)"});
    written.tables = {{"other", "search_content"}, {"main", "searching"}};
    EXPECT_EQ(messages(violations({}, written)), Messages{}) << "those are others'";
}

// A pointer that is asked for in another encoding than the length is of memory that was given back.
TEST(ValuesDiffer, IsExactInEachEncoding) {
    for (const std::string encoding : {"UTF-8", "UTF-16le", "UTF-16be"}) {
        Database database(":memory:", OpenMode::create);
        database.run(
            "PRAGMA encoding='" + encoding +
            "'; CREATE TABLE t(a, b);"
            "INSERT INTO t VALUES(printf('%.*c', 300000, 'x'), printf('%.*c', 300000, 'x')), ('é', 'e'),"
            "(x'00', x'00'), ('a', x'61'), (NULL, NULL)");
        register_values_differ(database);
        EXPECT_EQ(database.texts("SELECT lockstep_values_differ(a, b) FROM t ORDER BY rowid"),
                  (std::vector<std::string>{"0", "1", "0", "1", "0"}))
            << encoding;
    }
}

} // namespace
} // namespace lockstep
