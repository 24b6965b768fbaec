#include "loss_fixture.h"

namespace lockstep {
namespace {

TEST_F(LossTest, TableChangesCountsRowsByKey) {
    given("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b); INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (3, 3, "
          "3), (4, 4, 4);"
          "CREATE TABLE same(id INTEGER PRIMARY KEY); INSERT INTO same VALUES (1);",
          "DELETE FROM t WHERE id = 1; UPDATE t SET a = 9, b = 9 WHERE id = 2; UPDATE t SET b = 4.0 WHERE id "
          "= 4;"
          "INSERT INTO t(id) VALUES (5), (6), (7);");
    Database database = open();
    const auto changes = table_changes(database, names_);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].table, "t");
    EXPECT_EQ(changes[0].added, 3);
    EXPECT_EQ(changes[0].removed, 1);
    EXPECT_EQ(changes[0].changed, 2);
}

TEST_F(LossTest, TableChangesWithoutAKey) {
    given("CREATE TABLE added(a); CREATE TABLE removed(a); CREATE TABLE changed(a); CREATE TABLE kept(a);"
          "INSERT INTO removed VALUES (1), (2); INSERT INTO changed VALUES (1); INSERT INTO kept VALUES (1);",
          "INSERT INTO added VALUES (1); DELETE FROM removed; UPDATE changed SET a = 2;");
    Database database = open();
    const auto changes = table_changes(database, names_);
    ASSERT_EQ(changes.size(), 3U);
    EXPECT_EQ(changes[0].added, 1);
    EXPECT_EQ(changes[1].changed, 1);
    EXPECT_EQ(changes[2].removed, 2);
}

const std::string older_schema =
    "CREATE TABLE patient(id INTEGER PRIMARY KEY, name TEXT, status TEXT, initials TEXT, age);"
    "CREATE TABLE room(id INTEGER PRIMARY KEY);"
    "INSERT INTO patient VALUES (1, 'ann', 'well', 'a', 1), (2, 'bob', NULL, 'b', 2);";
const std::string migration =
    "ALTER TABLE patient RENAME TO person; ALTER TABLE person RENAME COLUMN status TO state;"
    "ALTER TABLE person RENAME COLUMN age TO years; ALTER TABLE person ADD COLUMN city;"
    "CREATE TABLE detail(id INTEGER PRIMARY KEY, person_id INTEGER REFERENCES person(id), letters);"
    "INSERT INTO detail SELECT id + 50, id, initials FROM person;"
    "ALTER TABLE person DROP COLUMN initials; DROP TABLE room;";

Declarations forward() {
    return {.renamed_tables = {{"patient", "person"}},
            .dropped_tables = {"room"},
            .moved_columns = {{"patient.status", "person.state"},
                              {"patient.age", "person.years"},
                              {"patient.initials", "detail.letters"}},
            .changed_columns = {"patient.age"},
            .ignore_tables = {"web_*"}};
}

TEST_F(LossTest, TheWayBackIsDeclaredByTheWayForward) {
    given(older_schema, migration);
    EXPECT_EQ(messages(violations(forward())), Messages{});
    Database database = open();
    const Declarations reverse = reverse_declarations(forward(), database, names_);
    const Declarations expected{.renamed_tables = {{"person", "patient"}},
                                .dropped_tables = {"detail"},
                                .moved_columns = {{"person.state", "patient.status"},
                                                  {"person.years", "patient.age"},
                                                  {"detail.letters", "patient.initials"}},
                                .changed_columns = {"patient.age", "person.years"},
                                .dropped_columns = {"person.city"},
                                .ignore_tables = {"web_*"}};
    EXPECT_EQ(reverse, expected);
}

TEST_F(LossTest, TheWayBackIsHeldToAccountToo) {
    given(older_schema, migration);
    Declarations reverse;
    {
        Database database = open();
        reverse = reverse_declarations(forward(), database, names_);
    }
    std::filesystem::rename(newer_path("main"), path("newer.db"));
    std::filesystem::rename(older_path("main"), newer_path("main"));
    std::filesystem::rename(path("newer.db"), older_path("main"));
    EXPECT_EQ(messages(violations(reverse)), Messages{});
    Database(newer_path("main"), OpenMode::read_write).run("UPDATE patient SET initials = NULL WHERE id = 2");
    EXPECT_EQ(messages(violations(reverse)),
              Messages{"column detail.letters: 1 of 2 values isn't in patient.initials (key 52)"});
}

} // namespace
} // namespace lockstep
