#include "loss_fixture.h"

namespace lockstep {
namespace {

const std::string people =
    "CREATE TABLE patient(id INTEGER PRIMARY KEY, name TEXT, status TEXT);"
    "INSERT INTO patient VALUES (1, 'ann', 'well'), (2, 'bob', NULL), (3, 'cy', 'ill');";

TEST_F(LossTest, ATableThatIsGoneMustBeDeclared) {
    given(people, "DROP TABLE patient");
    const auto found = violations();
    ASSERT_EQ(messages(found), Messages{"table patient (3 rows) is gone"});
    EXPECT_EQ(found[0].declaration, "dropped_tables = [\"patient\"]");
    EXPECT_EQ(messages(violations({.dropped_tables = {"PATIENT"}})), Messages{});
}

TEST_F(LossTest, ARenamedTableIsSuggestedAndThenComparedUnderItsNewName) {
    given(people, "ALTER TABLE patient RENAME TO person; UPDATE person SET status = 'x' WHERE id = 3");
    const auto found = violations();
    ASSERT_EQ(messages(found),
              Messages{"table patient (3 rows) is gone; the new table person has the same columns"});
    EXPECT_EQ(found[0].declaration, "renamed_tables = { patient = \"person\" }");
    EXPECT_EQ(messages(violations({.renamed_tables = {{"patient", "person"}}})),
              Messages{"column patient.status: 1 of 3 values changed (key 3)"});
}

TEST_F(LossTest, ADeclaredTargetMustExist) {
    given(people, "ALTER TABLE patient RENAME TO someone");
    EXPECT_EQ(messages(violations({.renamed_tables = {{"patient", "person"}}})),
              Messages{"renamed_tables says patient is now person, but there is no table person"});
    EXPECT_EQ(
        messages(violations({.renamed_tables = {{"patient", "someone"}},
                             .moved_columns = {{"patient.status", "someone.state"}}})),
        Messages{
            "moved_columns says patient.status is now someone.state, but there is no column someone.state"});
}

TEST_F(LossTest, AColumnThatIsGoneMustBeDeclared) {
    given(people, "ALTER TABLE patient DROP COLUMN status");
    const auto found = violations();
    ASSERT_EQ(messages(found), Messages{"column patient.status (2 values) is gone"});
    EXPECT_EQ(found[0].declaration, "dropped_columns = [\"patient.status\"]");
    EXPECT_EQ(messages(violations({.dropped_columns = {"patient.status"}})), Messages{});
    EXPECT_EQ(messages(violations({.changed_columns = {"patient.status"}})), Messages{});
}

TEST_F(LossTest, ARenamedColumnIsSuggestedAndThenFollowed) {
    given(people,
          "ALTER TABLE patient RENAME COLUMN status TO state; ALTER TABLE patient ADD COLUMN empty TEXT");
    const auto found = violations();
    ASSERT_EQ(
        messages(found),
        Messages{
            "column patient.status (2 values) is gone; the new column patient.state has the same values"});
    EXPECT_EQ(found[0].declaration, "moved_columns = { \"patient.status\" = \"patient.state\" }");
    EXPECT_EQ(messages(violations({.moved_columns = {{"patient.status", "patient.state"}}})), Messages{});
    EXPECT_EQ(messages(violations({.moved_columns = {{"patient.status", "patient.empty"}}})),
              Messages{"column patient.status: 2 of 3 values changed (keys 1, 3)"});
}

TEST_F(LossTest, KeysFollowRenames) {
    given(people, "ALTER TABLE patient RENAME TO person; ALTER TABLE person RENAME COLUMN id TO person_id;"
                  "DELETE FROM person WHERE person_id = 2");
    for (const char* target : {"person.person_id", "patient.person_id"})
        EXPECT_EQ(messages(violations({.renamed_tables = {{"patient", "person"}},
                                       .moved_columns = {{"patient.id", target}}})),
                  Messages{"table patient: 1 of 3 rows is gone (key 2)"});
}

const std::string details =
    "CREATE TABLE detail(id INTEGER PRIMARY KEY, created_by INTEGER REFERENCES patient(id), "
    "patient_id INTEGER UNIQUE REFERENCES patient(id), status TEXT);"
    "INSERT INTO detail SELECT 100 - id, 1, id, status FROM patient WHERE status IS NOT NULL;"
    "ALTER TABLE patient DROP COLUMN status;";
const Declarations to_details{.moved_columns = {{"patient.status", "detail.status"}}};

TEST_F(LossTest, AColumnMovesToAnotherTableThroughItsForeignKey) {
    given(people, details);
    EXPECT_EQ(messages(violations(to_details)), Messages{});
}

TEST_F(LossTest, AValueThatDidNotArriveInTheOtherTableIsNamed) {
    given(people, details + "UPDATE detail SET status = 'ILL' WHERE patient_id = 3");
    const auto found = violations(to_details);
    ASSERT_EQ(messages(found),
              Messages{"column patient.status: 1 of 2 values isn't in detail.status (key 3)"});
    EXPECT_EQ(found[0].declaration, "changed_columns = [\"patient.status\"]");
}

TEST_F(LossTest, AValueOfARowThatMayGoMayGoWithIt) {
    given(people, details + "DELETE FROM detail WHERE patient_id = 3; DELETE FROM patient WHERE id = 3");
    Declarations declared = to_details;
    EXPECT_EQ(messages(violations(declared)).size(), 2U);
    declared.max_shrink["patient"] = "1";
    EXPECT_EQ(messages(violations(declared)), Messages{});
}

TEST_F(LossTest, AColumnMovesToATableWithTheSameKey) {
    given(people, "CREATE TABLE detail(id INTEGER PRIMARY KEY, state TEXT); INSERT INTO detail SELECT id, "
                  "status FROM patient;"
                  "UPDATE detail SET state = NULL WHERE id = 1; DROP TABLE patient;");
    EXPECT_EQ(messages(violations(
                  {.dropped_tables = {"patient"}, .moved_columns = {{"patient.status", "detail.state"}}})),
              Messages{"column patient.status: 1 of 2 values isn't in detail.state (key 1)"});
}

TEST_F(LossTest, AColumnMovesToATableWithoutAnyKey) {
    given(people,
          "CREATE TABLE states(state TEXT); INSERT INTO states SELECT status FROM patient ORDER BY id DESC;"
          "ALTER TABLE patient DROP COLUMN status;");
    const Declarations declared{.moved_columns = {{"patient.status", "states.state"}}};
    EXPECT_EQ(messages(violations(declared)), Messages{});
    Database(newer_path("main"), OpenMode::read_write)
        .run("UPDATE states SET state = 'x' WHERE state = 'ill'");
    EXPECT_EQ(messages(violations(declared)),
              Messages{"column patient.status: 2 values before, 2 now in states.state, "
                       "and not the same ones (no key tells which)"});
}

TEST_F(LossTest, IgnoredTablesAreNotLookedAt) {
    given(people + "CREATE TABLE web_session(id INTEGER PRIMARY KEY); CREATE TABLE web_cache(a);",
          "DROP TABLE web_session; DROP TABLE web_cache; DROP TABLE patient;");
    EXPECT_EQ(messages(violations({.ignore_tables = {"WEB_*"}})), Messages{"table patient (3 rows) is gone"});
    EXPECT_EQ(messages(violations({.ignore_tables = {"main.*"}})), Messages{});
    EXPECT_EQ(messages(violations({.ignore_tables = {"*_*n", "web_cache", "p*t*t"}})), Messages{});
}

TEST_F(LossTest, AnAutoincrementMarkMustNotFall) {
    const std::string make =
        "CREATE TABLE visit(id INTEGER PRIMARY KEY AUTOINCREMENT, a); INSERT INTO visit VALUES (1204, 'x');"
        "DELETE FROM visit; INSERT INTO visit(a) VALUES ('y');";
    given(make, "UPDATE sqlite_sequence SET seq = 900");
    const Messages fell{
        "table visit: its AUTOINCREMENT mark fell from 1,205 to 900, so that ids would be given out twice"};
    EXPECT_EQ(messages(violations()), fell);
    EXPECT_EQ(messages(violations({}, WrittenTables())), fell);
    EXPECT_EQ(violations()[0].declaration, "");
}

TEST_F(LossTest, ARebuiltTableKeepsItsAutoincrementMark) {
    given("CREATE TABLE visit(id INTEGER PRIMARY KEY AUTOINCREMENT, a); INSERT INTO visit VALUES (7, 'x');",
          "CREATE TABLE v2(id INTEGER PRIMARY KEY, a); INSERT INTO v2 SELECT * FROM visit; DROP TABLE visit;"
          "ALTER TABLE v2 RENAME TO visit");
    EXPECT_EQ(
        messages(violations()),
        Messages{"table visit: its AUTOINCREMENT mark of 7 is gone, so that ids would be given out twice"});
    EXPECT_EQ(messages(violations({.changed_columns = {"visit.id"}})), Messages{});
}

TEST_F(LossTest, ATableMovesToAnotherDatabase) {
    given("CREATE TABLE a(id INTEGER PRIMARY KEY); CREATE TABLE setting(k TEXT PRIMARY KEY NOT NULL, v);",
          "INSERT INTO setting VALUES ('x', 1), ('y', 3);", "clinic");
    given("CREATE TABLE setting(k TEXT PRIMARY KEY NOT NULL, v); INSERT INTO setting VALUES ('x', 1), ('y', "
          "2);",
          "DROP TABLE setting", "config");
    const auto found = violations();
    ASSERT_EQ(messages(found), Messages{"table config.setting (2 rows) is gone"});
    EXPECT_EQ(found[0].declaration, "dropped_tables = [\"config.setting\"]");
    EXPECT_EQ(messages(violations({.renamed_tables = {{"config.setting", "clinic.setting"}}})),
              Messages{"column config.setting.v: 1 of 2 values changed (key 'y')"});
}

TEST_F(LossTest, ANameWithItsDatabaseIsForThatDatabaseOnly) {
    given("CREATE TABLE log(id INTEGER PRIMARY KEY); INSERT INTO log VALUES (1);", "DELETE FROM log",
          "clinic");
    given("CREATE TABLE log(id INTEGER PRIMARY KEY); INSERT INTO log VALUES (1);", "DELETE FROM log",
          "archive");
    EXPECT_EQ(messages(violations({.max_shrink = {{"archive.log", "100%"}}})),
              Messages{"table clinic.log: 1 of 1 rows is gone (key 1)"});
    EXPECT_EQ(messages(violations({.max_shrink = {{"log", "100%"}}})), Messages{});
    EXPECT_EQ(messages(violations({.max_shrink = {{"log", "100%"}, {"archive.log", "0"}}})).size(), 1U);
}

TEST(LossPasteReady, MergesDeclarationsByKey) {
    const auto violation = [](const std::string& declaration) {
        return Violation{
            .database = "", .table = "", .column = "", .message = "", .declaration = declaration};
    };
    EXPECT_EQ(
        paste_ready({violation("max_shrink = { visit = \"3\" }"), violation("changed_columns = [\"t.b\"]"),
                     violation(""), violation("max_shrink = { visit = \"12\", \"a b\" = \"1\" }"),
                     violation("changed_columns = [\"t.a \\\"x\\\"\"]"),
                     violation("changed_columns = [\"t.b\"]")}),
        "changed_columns = [\"t.a \\\"x\\\"\", \"t.b\"]\n"
        "max_shrink = { \"a b\" = \"1\", visit = \"12\" }\n");
    EXPECT_EQ(paste_ready({}), "");
}

} // namespace
} // namespace lockstep
