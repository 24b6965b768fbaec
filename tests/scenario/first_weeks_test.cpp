// A disaster's first weeks: a register that was begun in haste. What people wrote down is found by lint, with
// the keys of the rows, repaired by the migration, and carried by a bundle to a laptop.
#include "tests/support/migration_desk.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr const char* register_of_first_weeks = R"(
CREATE TABLE camp(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO camp VALUES (1, 'Valsør'), (2, 'Ñandú'), (3, 'ÑANDU'), (4, 'Kirkeby');
CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, status TEXT, household TEXT, seen DATETIME,
                    camp_id INTEGER REFERENCES camp(id));
INSERT INTO person VALUES
  (1, 'Ana', 'found',   '4',      '2010-01-14 09:30:00', 1),
  (2, 'Ole', 'missing', '12',     '2010-01-15',          2),
  (3, 'Zoë', 'dead',    '5 or 6', '01/14/10 1',          3),
  (4, 'Per', 'fuond',   NULL,     NULL,                  4),
  (5, 'Eli', 'found',   '',       '2010-02-31',          77);
)";

// Lookup codes become numbers, a text becomes a number, and a camp's name is there once.
constexpr const char* new_schema = R"(
CREATE TABLE status(code INTEGER PRIMARY KEY, label TEXT NOT NULL);
INSERT INTO status VALUES (1, 'found'), (2, 'missing'), (3, 'dead');
CREATE TABLE new_camp(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE new_person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, status INTEGER REFERENCES status(code),
                        household INTEGER, seen DATETIME, camp_id INTEGER REFERENCES camp(id));
)";

constexpr const char* exchange = R"(
DROP TABLE person; DROP TABLE camp;
ALTER TABLE new_camp RENAME TO camp; ALTER TABLE new_person RENAME TO person;
)";

constexpr const char* hasty = R"(
INSERT INTO new_camp SELECT id, name FROM camp;
INSERT INTO new_person SELECT id, name,
  CASE status WHEN 'found' THEN 1 WHEN 'missing' THEN 2 WHEN 'dead' THEN 3 END,
  CAST(household AS INTEGER), seen, camp_id FROM person;
)";

constexpr const char* repaired = R"(
INSERT INTO new_camp SELECT id, name FROM camp WHERE id <> 3;
INSERT INTO new_person SELECT id, name,
  CASE status WHEN 'found' THEN 1 WHEN 'fuond' THEN 1 WHEN 'missing' THEN 2 WHEN 'dead' THEN 3
              ELSE 'unknown status ' || status END,
  CASE household WHEN '5 or 6' THEN 6 WHEN '' THEN -1 ELSE household END,
  CASE seen WHEN '01/14/10 1' THEN '2010-01-14 01:00:00' WHEN '2010-02-31' THEN '2010-02-28' ELSE seen END,
  CASE camp_id WHEN 3 THEN 2 WHEN 77 THEN NULL ELSE camp_id END FROM person;
)";

class FirstWeeks : public testing::Test {
  protected:
    void migrate(const std::string& rows, const std::string& declarations) const {
        desk_.script(std::string(new_schema) + rows + exchange);
        desk_.release(declarations);
    }

    const MigrationDesk desk_{register_of_first_weeks};
};

TEST_F(FirstWeeks, LintFindsWhatAHastyMigrationDoesToTheRows) {
    migrate(hasty, "changed_columns = [\"person.status\", \"person.household\"]\n");
    const Tree before = tree_of(desk_.path());
    const Ran ran = desk_.lint({"--json"});
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_EQ(risks_in(ran), (std::vector<std::string>{
                                 R"(wrong-type person.status: 5 > 0 ["1","2","3"])",
                                 R"(wrong-type person.household: 2 > 0 ["3","5"])",
                                 R"(cut-number person.household: null > 2 ["3","5"])",
                                 R"(near-duplicate camp.name: 2 > 2 ["2","3"])",
                                 R"(orphan person.camp_id: 1 > 1 ["5"])",
                                 R"(no-mapping person.status: null > 1 ["4"])",
                                 R"(not-a-date person.seen: 2 > 2 ["3","5"])",
                             }))
        << ran.out;
    EXPECT_EQ(differences(before, tree_of(desk_.path())), "");
}

TEST_F(FirstWeeks, TheRepairedOneIsClearedAndReachesTheLaptop) {
    migrate(repaired, "changed_columns = [\"person.status\", \"person.household\", \"person.seen\", "
                      "\"person.camp_id\"]\nmax_shrink = { camp = \"1\" }\n");
    const Ran ran = desk_.lint();
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_NE(ran.out.find("No risks found in drafted 1.0.0 to 1.1.0; "), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("person.seen: is no date that SQLite reads: 2 rows; none after the migration "
                           "(keys 3, 5)"),
              std::string::npos)
        << ran.out;

    const std::string root = desk_.updated();
    EXPECT_EQ(read_file(root + "/app.txt"), "of 1.1.0\n");
    EXPECT_EQ(sqlite(MigrationDesk::database(root),
                     "SELECT * FROM person ORDER BY id; SELECT * FROM camp ORDER BY id;"
                     "PRAGMA foreign_key_check"),
              "1|Ana|1|4|2010-01-14 09:30:00|1\n"
              "2|Ole|2|12|2010-01-15|2\n"
              "3|Zoë|3|6|2010-01-14 01:00:00|2\n"
              "4|Per|1|||4\n"
              "5|Eli|1|-1|2010-02-28|\n"
              "1|Valsør\n2|Ñandú\n4|Kirkeby\n");
}

// The lists of codes that headquarters keep: what refers to another list comes after it.
constexpr const char* lists = R"(
CREATE TABLE region(code TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE status(code INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE, note TEXT, region TEXT REFERENCES region(code));
)";
constexpr const char* of_headquarters = R"(
INSERT INTO region VALUES ('N', 'Nørre "Nord"'), ('S', 'Sud; l''Île');
INSERT INTO status VALUES (1, 'found', NULL, 'N'), (2, 'missing', 'since when?
by whom?', 'S'), (3, 'dead', '', NULL), (4, 'fuond', 'as some wrote, in haste', NULL);
CREATE TABLE staff(name TEXT); INSERT INTO staff VALUES ('nobody else''s business');
)";
constexpr const char* recoded = R"(
CREATE TABLE new_person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, status INTEGER NOT NULL REFERENCES status(code),
                        household TEXT, seen DATETIME, camp_id INTEGER REFERENCES camp(id));
INSERT INTO new_person SELECT id, name, (SELECT code FROM status WHERE label = person.status), household, seen,
  nullif(camp_id, 77) FROM person;
DROP TABLE person; ALTER TABLE new_person RENAME TO person;
)";

// The lists are in the field's database too, and empty: they come as CSV, then the migration recodes by them.
TEST(FirstWeeksLists, AreCarriedAsCsvAndTheMigrationRecodesByThem) {
    const MigrationDesk desk(std::string(register_of_first_weeks) + lists);
    desk.script(recoded);
    desk.release("changed_columns = [\"person.status\", \"person.camp_id\"]\n");
    const Ran without = desk.rehearse();
    EXPECT_EQ(without.code, 20) << without.out;
    EXPECT_NE(without.err.find("NOT NULL constraint failed: new_person.status"), std::string::npos)
        << without.err;

    sqlite(desk / "headquarters.db", std::string(lists) + of_headquarters);
    const Ran exported =
        desk.lockstep({"export", "headquarters.db", "-o", "lists", "--table", "status", "--table", "region"});
    EXPECT_EQ(exported.out, "region: 2 rows\nstatus: 4 rows\n2 tables from headquarters.db to lists\n")
        << exported.err;
    const Ran imported = desk.lockstep({"import", "lists", "--into", "old.db"});
    EXPECT_EQ(imported.out, "region: 2 rows\nstatus: 4 rows\n2 tables from lists to old.db\n")
        << imported.err;

    const std::string root = desk.updated();
    const std::string all = "SELECT quote(code), quote(name) FROM region ORDER BY 1;"
                            "SELECT code, quote(label), quote(note), quote(region) FROM status ORDER BY 1";
    EXPECT_EQ(sqlite(MigrationDesk::database(root), all), sqlite(desk / "headquarters.db", all));
    EXPECT_EQ(sqlite(MigrationDesk::database(root),
                     "SELECT id, status, camp_id FROM person ORDER BY id; PRAGMA foreign_key_check;"
                     "SELECT count(*) FROM sqlite_schema WHERE name = 'staff'"),
              "1|1|1\n2|2|2\n3|3|3\n4|4|4\n5|1|\n0\n");
}

} // namespace
} // namespace lockstep
