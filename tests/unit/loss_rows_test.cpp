#include "loss_fixture.h"

namespace lockstep {
namespace {

const std::string visits =
    "CREATE TABLE visit(id INTEGER PRIMARY KEY, note TEXT COLLATE NOCASE, weight REAL, extra);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1204)"
    "INSERT INTO visit SELECT i, 'note ' || i, i / 2.0, i FROM n;";

TEST_F(LossTest, NothingIsWrongWithNewRowsAndNewColumns) {
    given(visits, "ALTER TABLE visit ADD COLUMN more; INSERT INTO visit VALUES (2000, 'x', 1, 1, 1);");
    EXPECT_EQ(messages(violations()), Messages{});
}

TEST_F(LossTest, NamesRowsThatAreGoneThoughOthersCame) {
    given(visits,
          "DELETE FROM visit WHERE id IN (17, 18, 40); INSERT INTO visit(id) VALUES (5001), (5002), (5003)");
    const auto found = violations();
    ASSERT_EQ(messages(found), Messages{"table visit: 3 of 1,204 rows are gone (keys 17, 18, 40)"});
    EXPECT_EQ(found[0].declaration, "max_shrink = { visit = \"3\" }");
    EXPECT_EQ(found[0].rows, 3);
    EXPECT_EQ(found[0].table, "visit");
    EXPECT_EQ(found[0].database, "main");
}

TEST_F(LossTest, AllowsAsManyRowsToGoAsDeclared) {
    given(visits, "DELETE FROM visit WHERE id <= 12");
    const auto with = [&](const std::string& allowed) {
        return messages(violations({.max_shrink = {{"Visit", allowed}}}));
    };
    EXPECT_EQ(with("12"), Messages{});
    EXPECT_EQ(with("1%"), Messages{}); // of 1,204: 12
    EXPECT_EQ(with("100%"), Messages{});
    EXPECT_EQ(with("11"),
              Messages{"table visit: 12 of 1,204 rows are gone (keys 1, 2, 3), where max_shrink allows 11"});
    EXPECT_EQ(with("0.9%").size(), 1U);
}

// With a key and without one: what the release let go is counted, and what nobody misses isn't.
TEST_F(LossTest, CountsWhatTheReleaseLetGo) {
    for (const std::string key : {"INTEGER PRIMARY KEY", "INTEGER"}) {
        const std::string name = key == "INTEGER" ? "plain" : "main";
        names_.clear();
        given("CREATE TABLE visit(id " + key +
                  ", note, weight, empty); INSERT INTO visit VALUES(1, 'a', 1, NULL), (2, 'b', NULL, NULL), "
                  "(3, 'c', 3, NULL);"
                  "CREATE TABLE room(id INTEGER PRIMARY KEY, name); INSERT INTO room VALUES(1, 'x');"
                  "CREATE TABLE hall(id INTEGER PRIMARY KEY)",
              "DELETE FROM visit WHERE id = 2; ALTER TABLE visit DROP COLUMN weight;"
              "ALTER TABLE visit DROP COLUMN empty; DROP TABLE room; DROP TABLE hall",
              name);
        WrittenTables written;
        written.everything = true;
        std::vector<AllowedLoss> let_go;
        Database database = open();
        const auto found = loss_violations(database, names_,
                                           {.max_shrink = {{"visit", "1"}},
                                            .dropped_tables = {"room", "hall"},
                                            .dropped_columns = {"visit.weight", "visit.empty"}},
                                           written, &let_go);
        EXPECT_EQ(messages(found), Messages{});
        std::vector<std::string> said;
        for (const AllowedLoss& loss : let_go) said.push_back(loss.place + " " + std::to_string(loss.count));
        std::ranges::sort(said);
        EXPECT_EQ(said, (Messages{"room 1", "visit 1", "visit.weight 2"})) << key;
    }
}

TEST_F(LossTest, RefusesAMaxShrinkThatIsNoNumber) {
    given(visits, "DELETE FROM visit WHERE id = 1");
    try {
        violations({.max_shrink = {{"visit", "some"}}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::wrong_usage);
        EXPECT_STREQ(error.what(),
                     "Could not read max_shrink of table visit: \"some\" is neither a number of rows "
                     "(\"250\") nor a percentage (\"12.5%\")");
    }
}

TEST_F(LossTest, NamesChangedValuesUnlessDeclared) {
    given(visits, "UPDATE visit SET extra = NULL WHERE id IN (1, 5, 9, 11)");
    const auto found = violations();
    ASSERT_EQ(messages(found), Messages{"column visit.extra: 4 of 1,204 values changed (keys 1, 5, 9)"});
    EXPECT_EQ(found[0].declaration, "changed_columns = [\"visit.extra\"]");
    EXPECT_EQ(found[0].column, "extra");
    EXPECT_EQ(messages(violations({.changed_columns = {"VISIT.Extra"}})), Messages{});
}

TEST_F(LossTest, SeesAChangeOfCaseUnderNocase) {
    given(visits, "UPDATE visit SET note = upper(note) WHERE id = 3");
    EXPECT_EQ(messages(violations()), Messages{"column visit.note: 1 of 1,204 values changed (key 3)"});
}

TEST_F(LossTest, SeesAChangeOfType) {
    given("CREATE TABLE store(id INTEGER PRIMARY KEY, capacity INTEGER); INSERT INTO store VALUES (1, 5), "
          "(2, NULL);",
          "CREATE TABLE s2(id INTEGER PRIMARY KEY, capacity DOUBLE); INSERT INTO s2 SELECT * FROM store;"
          "DROP TABLE store; ALTER TABLE s2 RENAME TO store;");
    EXPECT_EQ(messages(violations()), Messages{"column store.capacity: 1 of 2 values changed (key 1)"});
}

// Each value of the new table is nearly the old one.
TEST_F(LossTest, SeesTheLeastChangeInAnyEncoding) {
    const std::string table = "(id INTEGER PRIMARY KEY, a);";
    for (const std::string encoding : {"UTF-8", "UTF-16le"}) {
        given("PRAGMA encoding='" + encoding + "'; CREATE TABLE t" + table +
                  "INSERT INTO t VALUES(1, 7), (2, 0.5), (3, 'é'), (4, x'00'), (5, NULL), (6, ''), (7, "
                  "9007199254740993),"
                  "(8, 'same'), (9, 2.0);",
              "DROP TABLE t; CREATE TABLE t" + table +
                  "INSERT INTO t VALUES(1, 8), (2, 0.5000000001), (3, 'e\u0301'), (4, x'0000'), (5, ''), (6, "
                  "x''),"
                  "(7, 9007199254740992), (8, 'same'), (9, 2.0);",
              encoding);
        EXPECT_EQ(messages(violations()), Messages{"column t.a: 7 of 9 values changed (keys 1, 2, 3)"});
        names_.clear();
    }
}

// 0.0 and -0.0 are one number to SQL, and to whoever reads it.
TEST_F(LossTest, TakesBothZerosForTheSame) {
    given("CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 0.0), (2, -0.0);",
          "UPDATE t SET a = -a");
    EXPECT_EQ(messages(violations()), Messages{});
}

TEST_F(LossTest, ComparesTextByteForByte) {
    given("CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x' || char(0) || 'y'), (2, "
          "x'41'), (3, 'z ');",
          "UPDATE t SET a = 'x' || char(0) || 'z' WHERE id = 1; UPDATE t SET a = 'A' WHERE id = 2;"
          "UPDATE t SET a = 'z' WHERE id = 3;");
    EXPECT_EQ(messages(violations()), Messages{"column t.a: 3 of 3 values changed (keys 1, 2, 3)"});
}

TEST_F(LossTest, MatchesByACompositeKeyWithoutRowid) {
    given("CREATE TABLE stock(store TEXT, item TEXT, n, PRIMARY KEY(store, item)) WITHOUT ROWID;"
          "INSERT INTO stock VALUES ('a', 'x', 1), ('a', 'y', 2), ('b', 'x', 3);",
          "DELETE FROM stock WHERE store = 'b'; UPDATE stock SET n = 9 WHERE item = 'y';");
    EXPECT_EQ(messages(violations()), (Messages{"table stock: 1 of 3 rows is gone (key ('b', 'x'))",
                                                "column stock.n: 1 of 3 values changed (key ('a', 'y'))"}));
}

TEST_F(LossTest, MatchesANocaseKeyUnderItsOwnCollation) {
    given("CREATE TABLE code(name TEXT COLLATE NOCASE NOT NULL UNIQUE, n); INSERT INTO code VALUES ('a', 1), "
          "('b', 2);",
          "UPDATE code SET name = 'A' WHERE name = 'a'");
    EXPECT_EQ(messages(violations()), Messages{"column code.name: 1 of 2 values changed (key 'a')"});
}

TEST_F(LossTest, TellsApartWhatANewNocaseKeyMerges) {
    given("CREATE TABLE code(name TEXT PRIMARY KEY NOT NULL); INSERT INTO code VALUES ('a'), ('A');",
          "CREATE TABLE c2(name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL); INSERT OR IGNORE INTO c2 SELECT * "
          "FROM code "
          "ORDER BY name; DROP TABLE code; ALTER TABLE c2 RENAME TO code;");
    EXPECT_EQ(messages(violations()), Messages{"table code: 1 of 2 rows is gone (key 'a')"});
}

TEST_F(LossTest, TellsApartWhatAnOldNocaseKeyDidNot) {
    given(
        "CREATE TABLE code(name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL); INSERT INTO code VALUES ('a');",
        "CREATE TABLE c2(name TEXT PRIMARY KEY NOT NULL); INSERT INTO c2 SELECT * FROM code; DROP TABLE code;"
        "ALTER TABLE c2 RENAME TO code; INSERT INTO code VALUES ('A');");
    EXPECT_EQ(messages(violations()), Messages{});
}

TEST_F(LossTest, PassesOverAKeyThatHoldsNull) {
    given("CREATE TABLE t(a TEXT PRIMARY KEY, b TEXT UNIQUE); INSERT INTO t VALUES (NULL, 'x'), (NULL, 'y'), "
          "('k', 'z');",
          "DELETE FROM t WHERE b = 'y'");
    EXPECT_EQ(messages(violations()), Messages{"table t: 1 of 3 rows is gone (key 'y')"});
}

TEST_F(LossTest, DoesNotMatchByAKeyThatIsDeclaredChanged) {
    given("CREATE TABLE t(id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 'x'), (2, 'y');",
          "UPDATE t SET id = id + 10");
    EXPECT_EQ(messages(violations({.changed_columns = {"t.id"}})), Messages{});
    EXPECT_EQ(messages(violations()), Messages{"table t: 2 of 2 rows are gone (keys 1, 2)"});
}

const std::string notes =
    "CREATE TABLE note(author TEXT, text TEXT);"
    "INSERT INTO note VALUES ('ann', 'one'), ('bob', 'two'), (NULL, 'two'), ('ann', 'four');";
const std::string rebuild_notes =
    "CREATE TABLE n2(author TEXT, text TEXT); INSERT INTO n2 SELECT * FROM note "
    "ORDER BY text DESC; DROP TABLE note; ALTER TABLE n2 RENAME TO note;";

TEST_F(LossTest, WithoutAKeyTheOrderOfRowsDoesNotCount) {
    given(notes, rebuild_notes);
    EXPECT_EQ(messages(violations()), Messages{});
}

TEST_F(LossTest, WithoutAKeyCountsAndDigestsAreCompared) {
    given(notes, rebuild_notes + "UPDATE note SET author = NULL WHERE author = 'bob';"
                                 "UPDATE note SET text = 'TWO' WHERE text = 'two';");
    EXPECT_EQ(messages(violations()),
              (Messages{"column note.author: 3 values before, 2 now (no key tells which)",
                        "column note.text: its 4 values changed (no key tells which)"}));
}

TEST_F(LossTest, WithoutAKeyLostRowsAreCounted) {
    given(notes, "DELETE FROM note WHERE author = 'ann'");
    EXPECT_EQ(messages(violations())[0], "table note: 2 of 4 rows are gone");
    EXPECT_EQ(messages(violations({.max_shrink = {{"note", "50%"}}})), Messages{});
}

TEST_F(LossTest, WithoutAKeyRowsThatWentExplainNoMoreMissingValuesThanThemselves) {
    given(notes, "DELETE FROM note WHERE text = 'one'; UPDATE note SET text = NULL;");
    EXPECT_EQ(messages(violations({.max_shrink = {{"note", "1"}}})),
              Messages{"column note.text: 4 values before, 0 now (no key tells which)"});
}

TEST_F(LossTest, GeneratedColumnsHoldNothingOfTheirOwn) {
    given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b AS (a + 1) STORED, c AS (a + 2)); INSERT INTO t(id, "
          "a) VALUES (1, 1);",
          "ALTER TABLE t DROP COLUMN c; ALTER TABLE t ADD COLUMN d AS (a + 3);");
    EXPECT_EQ(messages(violations()), Messages{});
}

TEST_F(LossTest, AColumnThatBecameGeneratedIsCompared) {
    given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 1, 2), (2, 1, 7);",
          "CREATE TABLE t2(id INTEGER PRIMARY KEY, a, b AS (a + 1)); INSERT INTO t2 SELECT id, a FROM t; "
          "DROP TABLE t;"
          "ALTER TABLE t2 RENAME TO t;");
    EXPECT_EQ(messages(violations()), Messages{"column t.b: 1 of 2 values changed (key 2)"});
}

TEST_F(LossTest, ATableWithVeryManyColumns) {
    std::string columns;
    std::string values;
    for (int i = 0; i < 1900; ++i) {
        columns += ", c" + std::to_string(i);
        values += "," + std::to_string(i);
    }
    given("CREATE TABLE wide(id INTEGER PRIMARY KEY" + columns + "); INSERT INTO wide VALUES (1" + values +
              ");",
          "UPDATE wide SET c1899 = 0, c3 = 'x'");
    EXPECT_EQ(messages(violations()), (Messages{"column wide.c3: 1 of 1 values changed (key 1)",
                                                "column wide.c1899: 1 of 1 values changed (key 1)"}));
    Database database = open();
    EXPECT_EQ(table_changes(database, names_).at(0).changed, 1);
}

TEST_F(LossTest, TablesThatNothingWroteToAreNotRead) {
    given(visits + notes, "DELETE FROM visit; UPDATE note SET text = 'x';");
    WrittenTables written;
    EXPECT_EQ(messages(violations({}, written)), Messages{});
    written.tables.insert({"main", "visit"});
    EXPECT_EQ(messages(violations({}, written)),
              Messages{"table visit: 1,204 of 1,204 rows are gone (keys 1, 2, 3)"});
}

// A row doesn't know what its table and its columns are called.
TEST_F(LossTest, ATableThatWasOnlyRenamedIsNotRead) {
    const Declarations declared{.renamed_tables = {{"visit", "encounter"}},
                                .moved_columns = {{"visit.note", "visit.remark"}}};
    given(visits,
          "UPDATE visit SET note = 'x'; ALTER TABLE visit RENAME TO encounter;"
          "ALTER TABLE encounter RENAME COLUMN note TO remark; ALTER TABLE encounter ADD COLUMN new;");
    EXPECT_EQ(messages(violations(declared, WrittenTables())), Messages{});
    EXPECT_EQ(messages(violations(declared)),
              (Messages{"column visit.note: 1,204 of 1,204 values changed (keys 1, 2, 3)"}));
}

TEST_F(LossTest, ColumnsThatTookEachOthersNamesAreRead) {
    given(visits,
          "ALTER TABLE visit RENAME COLUMN weight TO kept; ALTER TABLE visit RENAME COLUMN extra TO weight;"
          "ALTER TABLE visit RENAME COLUMN kept TO extra;");
    EXPECT_EQ(messages(violations({}, WrittenTables())).size(), 2U);
}

TEST_F(LossTest, TablesThatTookEachOthersNamesAreRead) {
    given(visits + "CREATE TABLE other(id INTEGER PRIMARY KEY, note, weight, extra);",
          "ALTER TABLE visit RENAME TO kept; ALTER TABLE other RENAME TO visit; ALTER TABLE kept RENAME TO "
          "other;");
    EXPECT_EQ(messages(violations({}, WrittenTables())),
              Messages{"table visit: 1,204 of 1,204 rows are gone (keys 1, 2, 3)"});
}

TEST_F(LossTest, ATableWrittenToBeforeItWasRenamedIsRead) {
    given(visits, "UPDATE visit SET extra = 0 WHERE id = 9; ALTER TABLE visit RENAME TO encounter;");
    WrittenTables written;
    written.tables.insert({"main", "visit"});
    EXPECT_EQ(messages(violations({.renamed_tables = {{"visit", "encounter"}}}, written)),
              Messages{"column visit.extra: 1 of 1,204 values changed (key 9)"});
}

TEST_F(LossTest, ATableRebuiltUnseenIsRead) {
    given(visits, "CREATE TABLE v2(id INTEGER PRIMARY KEY, note, weight, extra); DROP TABLE visit;"
                  "ALTER TABLE v2 RENAME TO visit;");
    EXPECT_EQ(messages(violations({}, WrittenTables())),
              Messages{"table visit: 1,204 of 1,204 rows are gone (keys 1, 2, 3)"});
}

} // namespace
} // namespace lockstep
