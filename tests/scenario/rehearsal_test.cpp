// `lockstep rehearse`: what it finds before anything is signed, what it says, and what it leaves alone.
#include "tests/support/release_desk.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using testing::Test;

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

class Rehearsal : public Test {
  protected:
    // It ends with `code`, having changed nothing and left nothing.
    std::string refused(int code, const std::vector<std::string>& words = {}) {
        std::string left;
        const Ran ran = desk_.watched(left, words);
        EXPECT_EQ(ran.code, code) << ran.out << ran.err;
        EXPECT_EQ(left, "");
        return ran.err;
    }
    std::string passed(const std::vector<std::string>& words = {}) {
        std::string left;
        const Ran ran = desk_.watched(left, words);
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_EQ(left, "");
        return ran.out;
    }
    nlohmann::json evidence() { return nlohmann::json::parse(read_file(desk_.evidence())); }

    ReleaseDesk desk_;
};

struct Loss {
    std::string name;
    std::string script;
    std::string sentence;
    std::string declaration;
};

class Found : public Rehearsal, public testing::WithParamInterface<Loss> {};

// Each with the sentence that a person reads, and the lines that sign the loss off.
TEST_P(Found, WithASentenceAndTheDeclarationReadyToPaste) {
    sqlite(
        desk_.sample(),
        "CREATE TABLE remark(id INTEGER PRIMARY KEY, text TEXT); INSERT INTO remark VALUES(1,'a'),(2,'b')");
    const std::string usual = "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n";
    desk_.script(usual);
    passed();
    desk_.script(usual + GetParam().script);
    const std::string message = refused(21);
    EXPECT_TRUE(says(message, GetParam().sentence)) << message;
    EXPECT_TRUE(says(message, "While rehearsing 1.0.0 -> 1.1.0, " + desk_.sample())) << message;
    EXPECT_EQ(offered(message), GetParam().declaration);
    desk_.declare(offered(message));
    passed();
}

INSTANTIATE_TEST_SUITE_P(
    Loss, Found,
    testing::Values(
        Loss{"RenamedColumn", "ALTER TABLE person RENAME COLUMN name TO full_name;",
             "column person.name (10 values) is gone; the new column person.full_name has the same values",
             "moved_columns = { \"person.name\" = \"person.full_name\" }\n"},
        Loss{"RenamedTable", "ALTER TABLE place RENAME TO settlement;",
             "table place (2 rows) is gone; the new table settlement has the same columns",
             "renamed_tables = { place = \"settlement\" }\n"},
        Loss{"BlankedColumn", "UPDATE person SET place_id = NULL WHERE id % 2 = 0;",
             "column person.place_id: 5 of 10 values changed (keys 2, 4, 6)",
             "changed_columns = [\"person.place_id\"]\n"},
        Loss{"RowTooFew", "DELETE FROM person WHERE id = 7;", "table person: 1 of 10 rows is gone (key 7)",
             "max_shrink = { person = \"1\" }\n"},
        Loss{"DroppedTable", "DROP TABLE remark;", "table remark (2 rows) is gone",
             "dropped_tables = [\"remark\"]\n"},
        Loss{"DroppedColumn", "ALTER TABLE remark DROP COLUMN text;", "column remark.text (2 values) is gone",
             "dropped_columns = [\"remark.text\"]\n"},
        Loss{"ChangedValue", "UPDATE person SET name = upper(name) WHERE id = 3;",
             "column person.name: 1 of 10 values changed (key 3)", "changed_columns = [\"person.name\"]\n"},
        Loss{"Cast", "UPDATE remark SET text = CAST('01/14/10 1' AS INTEGER) WHERE id = 1;",
             "column remark.text: 1 of 2 values changed (key 1)", "changed_columns = [\"remark.text\"]\n"},
        Loss{"SeveralAtOnce",
             "DELETE FROM person WHERE id < 3; DROP TABLE remark; UPDATE place SET name = 'x' WHERE id = 2;",
             "table person: 2 of 10 rows are gone (keys 1, 2)",
             "changed_columns = [\"place.name\"]\ndropped_tables = [\"remark\"]\n"
             "max_shrink = { person = \"2\" }\n"}),
    [](const auto& information) { return information.param.name; });

// What is pasted adds to what the release says already: one key can't stand twice in release.toml.
TEST_F(Rehearsal, WhatIsOfferedTakesThePlaceOfWhatWasDeclared) {
    desk_.script(
        "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';"
        "UPDATE person SET name = 'x' WHERE id = 1; UPDATE person SET place_id = NULL WHERE id = 2;");
    desk_.declare("changed_columns = [\"person.name\"]\n");
    const std::string message = refused(21);
    EXPECT_EQ(offered(message), "changed_columns = [\"person.name\", \"person.place_id\"]\n") << message;
    desk_.declare(offered(message));
    passed();
}

TEST_F(Rehearsal, IdsThatWouldBeGivenOutTwiceAreFound) {
    sqlite(desk_.sample(), "DELETE FROM person WHERE id = 10");
    const std::string rebuild =
        "CREATE TABLE person_new(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE,"
        " place_id INTEGER REFERENCES place(id), status TEXT NOT NULL DEFAULT 'active');\n"
        "INSERT INTO person_new(id, name, place_id) SELECT id, name, place_id FROM person;\n";
    const std::string replace = "DROP TABLE person;\nALTER TABLE person_new RENAME TO person;\n"
                                "CREATE INDEX person_name ON person(name);\n";
    desk_.script(rebuild + replace);
    const std::string message = refused(21);
    EXPECT_TRUE(
        says(message,
             "table person: its AUTOINCREMENT mark fell from 10 to 9, so that ids would be given out twice"))
        << message;
    desk_.script(rebuild +
                 "UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'person')"
                 " WHERE name = 'person_new';\n" +
                 replace);
    passed();
}

TEST_F(Rehearsal, AFailingScriptIsNamedWithItsLine) {
    desk_.script("-- a comment\n\nALTER TABLE person ADD COLUMN status TEXT;\nUPDATE nobody SET x = 1;\n");
    const std::string message = refused(20);
    EXPECT_TRUE(says(message, "1.1.0/all.sql line 4: no such table: nobody, in: UPDATE nobody SET x = 1"))
        << message;
}

TEST_F(Rehearsal, AViolatedCheckShowsItsRows) {
    desk_.script(
        "-- nothing\nSELECT id FROM place WHERE false;\n"
        "SELECT new.id, old.name FROM person AS new JOIN before.person AS old USING (id) WHERE id > 8;\n",
        "checks.sql");
    const std::string message = refused(21);
    EXPECT_TRUE(says(message, "1.1.0/checks.sql line 3: id=9, name='Zoë 9'")) << message;
    EXPECT_TRUE(says(message, "1.1.0/checks.sql line 3: id=10, name='Zoë 10'")) << message;
}

TEST_F(Rehearsal, AFailingHealthCommandIsShownWithWhatItSaid) {
    desk_.declare("health = { argv = [\"/bin/sh\", \"-c\", \"echo the register is empty; exit 3\"] }\n");
    const std::string message = refused(22);
    EXPECT_TRUE(says(message, "exit code 3\nthe register is empty")) << message;
}

TEST_F(Rehearsal, AHealthCommandThatDoesNotEndIsEnded) {
    desk_.declare("health = { argv = [\"/bin/sh\", \"-c\", \"echo waiting for the printer; sleep 100\"], "
                  "timeout_s = 1 }\n");
    const std::string message = refused(22);
    EXPECT_TRUE(says(message, "it had not ended after 1 seconds\nwaiting for the printer")) << message;
}

TEST_F(Rehearsal, ARevertScriptIsRehearsed) {
    desk_.script("ALTER TABLE person DROP COLUMN status;\n", "revert.sql");
    passed();
}

TEST_F(Rehearsal, AWrongRevertScriptIsFound) {
    desk_.script("ALTER TABLE person DROP COLUMN status;\nDELETE FROM person WHERE id = 5;\n", "revert.sql");
    std::string message = refused(21);
    EXPECT_TRUE(says(message, "table person: 1 of 10 rows is gone (key 5)")) << message;
    desk_.script("ALTER TABLE person RENAME COLUMN status TO state;\n", "revert.sql");
    message = refused(21);
    EXPECT_TRUE(says(message, "table person is not as released")) << message;
    desk_.script("\nALTER TABLE person DROP COLUMN missing;\n", "revert.sql");
    message = refused(20);
    EXPECT_TRUE(says(message, "1.1.0/revert.sql line 2: no such column")) << message;
}

// Nothing holds a column to account that is declared changed; the release manager is told what becomes of it.
TEST_F(Rehearsal, WhatTheWayBackMakesOfAChangedColumnIsSaid) {
    const std::string added = "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n";
    desk_.declare("changed_columns = [\"person.name\"]\n");
    desk_.script(added + "UPDATE person SET name = 'Dr ' || name;\n");
    const std::string back = "ALTER TABLE person DROP COLUMN status;\n";
    desk_.script(back + "UPDATE person SET name = substr(name, 4);\n", "revert.sql");
    EXPECT_FALSE(says(desk_.rehearse().err, "note: "));
    desk_.script(back + "UPDATE person SET name = substr(name, 5) WHERE id < 4;\n", "revert.sql");
    const Ran ran = desk_.rehearse();
    EXPECT_EQ(ran.code, 0);
    EXPECT_TRUE(
        says(ran.err, "note: there and back again, table person has 0 rows added, 10 changed, 0 removed"))
        << ran.err;
}

TEST_F(Rehearsal, TheEvidenceHoldsWhatWasMeasured) {
    desk_.script("ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n"
                 "CREATE TABLE filling(x); INSERT INTO filling VALUES(zeroblob(1000000));\n");
    const std::string told = passed();
    EXPECT_TRUE(says(told, "The rehearsal of register 1.1.0 succeeded: 1 installation updated, rolled back"))
        << told;
    const nlohmann::json found = evidence();
    EXPECT_EQ(found["scripts"]["1.1.0/all.sql"],
              run({"sh", "-c", "sha256sum < " + (desk_.workshop() / "migrations/1.1.0/all.sql")})
                  .out.substr(0, 64));
    const nlohmann::json& one = found["runs"][0];
    EXPECT_EQ(one["from"], "1.0.0");
    EXPECT_EQ(one["rows"], (nlohmann::json{{"person", 10}, {"place", 2}}));
    const auto bytes = read_file(desk_.sample()).size();
    EXPECT_EQ(one["database_bytes"], bytes);
    EXPECT_GT(one["growth"].get<double>(), 1000000.0 / static_cast<double>(bytes));
    EXPECT_GT(one["script_seconds"]["1.1.0/all.sql"].get<double>(), 0);
    EXPECT_GT(one["table_seconds"]["person"].get<double>(), 0);
    EXPECT_GE(one["seconds"].get<double>(), one["script_seconds"]["1.1.0/all.sql"].get<double>());
    EXPECT_EQ(found["schemas"][""]["main"]["sha256"].get<std::string>().size(), 64U);
}

TEST_F(Rehearsal, EverySampleAndEveryCopyIsRehearsed) {
    const std::string other = desk_.workshop() / "samples/other.db";
    const std::string clean = desk_.workshop() / "samples/clean.db";
    const std::string bad = desk_.workshop() / "samples/bad.db";
    for (const auto& [file, rows] : std::map<std::string, int>{{other, 20}, {clean, 30}, {bad, 40}})
        sqlite(file, register_schema("1.0.0") + register_rows("1.0.0", rows));
    std::string text = read_file(desk_.release());
    const std::string list = "[\"samples/register-1.0.0.db\"";
    text.insert(text.find(list) + list.size(), ", \"samples/other.db\"");
    write_file(desk_.release(), text);
    passed({"--db", clean, "--db", "main=" + bad});
    std::vector<int> people;
    const nlohmann::json found = evidence();
    for (const auto& one : found["runs"]) people.push_back(one["rows"]["person"]);
    EXPECT_EQ(people, (std::vector<int>{10, 20, 30, 40}));

    desk_.script("ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active'; DELETE FROM person "
                 "WHERE id > 25;");
    const std::string message = refused(21, {"--db", bad, "--db", clean});
    EXPECT_TRUE(says(message, bad + ": ")) << message;
    EXPECT_TRUE(says(message, "table person: 15 of 40 rows are gone (keys 26, 27, 28)")) << message;
    EXPECT_TRUE(says(refused(21, {"--db", clean}), "table person: 5 of 30 rows are gone"));
}

TEST_F(Rehearsal, ACopyOfAnUnknownSchemaIsRefusedByName) {
    const std::string stranger = desk_.workshop() / "stranger.db";
    sqlite(stranger, register_schema("1.0.0") + "ALTER TABLE place ADD COLUMN region TEXT");
    const std::string message = refused(2, {"--db", stranger});
    EXPECT_TRUE(says(message, "Could not rehearse on " + stranger +
                                  ": its schema is of none of the previous versions:\n"
                                  "  against 1.0.0: table place is not as released"))
        << message;
}

TEST_F(Rehearsal, ACopyThatIsNoDatabaseOrIsNotThereIsRefusedByName) {
    const std::string text = desk_.workshop() / "text.db";
    write_file(text, std::string(5000, 'x'));
    EXPECT_TRUE(says(refused(2, {"--db", text}), "reading the copy " + text));
    EXPECT_TRUE(says(refused(2, {"--db", text + "x"}), text + "x: "));
    EXPECT_TRUE(says(refused(2, {"--db", "archive=" + text}), "archive="));
}

// Part of what such a copy holds is in its -wal, and would be lost without a word.
TEST_F(Rehearsal, ACopyWithALiveWalIsNotTakenForWhole) {
    const std::string copy = desk_.workshop() / "wal.db";
    sqlite(copy, "PRAGMA journal_mode=WAL;" + register_schema("1.0.0") + register_rows("1.0.0", 10));
    run({"sh", "-c",
         "printf 'INSERT INTO place VALUES(3, 1);\\n.shell cp " + copy + " " + copy + "2; cp " + copy +
             "-wal " + copy + "2-wal\\n' | sqlite3 " + copy});
    ASSERT_GT(read_file(copy + "2-wal").size(), 0U);
    const std::string message = refused(2, {"--db", copy + "2"});
    EXPECT_TRUE(says(message, copy + "2-wal holds a part of it")) << message;
    EXPECT_TRUE(says(message, "VACUUM INTO")) << message;
}

} // namespace
} // namespace lockstep
