// `lockstep lint` through the real executable: each risk is found where it is, and not where it isn't.
#include "tests/support/migration_desk.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace lockstep {
namespace {

using Json = nlohmann::json;

// A release and what lint has to say of it: "kind place: before > after keys", a line for each risk.
struct LintCase {
    std::string name;
    std::string older;
    std::string script;
    std::string declarations;
    std::vector<std::string> expected;
    std::vector<std::string> options = {};
};

void PrintTo(const LintCase& one, std::ostream* out) {
    *out << one.name;
}

class LintRisk : public testing::TestWithParam<LintCase> {};

TEST_P(LintRisk, IsFoundWhereItIs) {
    const MigrationDesk desk(GetParam().older);
    desk.script(GetParam().script);
    desk.release(GetParam().declarations);
    const Tree before = tree_of(desk.path());
    std::vector<std::string> options = GetParam().options;
    options.emplace_back("--json");
    const Ran ran = desk.lint(options);
    ASSERT_TRUE(ran.code == 0 || ran.code == 1) << ran.code << ran.err;
    EXPECT_EQ(risks_in(ran), GetParam().expected) << ran.out;
    const Json report = Json::parse(ran.out);
    const bool open = std::ranges::any_of(report["risks"], [](const Json& risk) { return !risk["settled"]; });
    EXPECT_EQ(ran.code, open ? 1 : 0);
    EXPECT_EQ(report["found"], open);
    EXPECT_EQ(differences(before, tree_of(desk.path())), "");
}

// A table rebuilt with this definition of t, the rows copied as they are.
std::string rebuilt(const std::string& columns, const std::string& options = "",
                    const std::string& values = "*") {
    return "CREATE TABLE new_t(" + columns + ")" + options + "; INSERT INTO new_t SELECT " + values +
           " FROM t; DROP TABLE t; ALTER TABLE new_t RENAME TO t;";
}

const std::string id = "id INTEGER PRIMARY KEY";

const std::vector<LintCase> of_rows{
    {"NothingAtAll",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1, 'x')",
     "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 0;",
     "",
     {}},
    {"ValuesThatDontFitAreKept",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'1'),(2,'x'),(3,' 7 '),(4,'2.5'),(5,NULL)",
     rebuilt(id + ", a INTEGER"),
     "changed_columns = [\"t.a\"]\n",
     {R"(wrong-type t.a: 2 > 2 ["2","4"])"}},
    {"StrictRefusesThem",
     "CREATE TABLE t(" + id + ", a); INSERT INTO t VALUES (1,1),(2,'x'),(3,x'00')",
     rebuilt(id + ", a INTEGER", " STRICT"),
     "",
     {R"(migration-fails 1.1.0/all.sql line 1: null > null [])", R"(wrong-type t.a: 2 > null ["2","3"])"}},
    {"BytesThatAreNoText",
     "CREATE TABLE t(" + id + ", a INTEGER); INSERT INTO t VALUES (1,x'ff'),(2,5)",
     rebuilt(id + ", a TEXT"),
     "changed_columns = [\"t.a\"]\n",
     {R"(wrong-type t.a: 1 > 1 ["1"])"}},
    {"NumbersThatCastCuts",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'1'),(2,'12 men'),(3,'3')",
     rebuilt(id + ", a INTEGER", "", "id, CAST(a AS INTEGER)"),
     "changed_columns = [\"t.a\"]\n",
     {R"(wrong-type t.a: 1 > 0 ["2"])", R"(cut-number t.a: null > 1 ["2"])"}},
    {"TextThatSaysMoreThanItsNumber",
     "CREATE TABLE t(" + id +
         ", a TEXT, b TEXT); INSERT INTO t VALUES "
         "(1,'01234','0.5'),(2,'+0046701','9007199254740993'),(3,'12',"
         "'2.50'),(4,' 7 ','1e3'),(5,'0',NULL),(6,'-5','-0.10')",
     rebuilt(id + ", a INTEGER, b REAL"),
     "changed_columns = [\"t.a\", \"t.b\"]\n",
     {R"(wrong-type t.a: null > 2 ["1","2"])", R"(wrong-type t.b: null > 1 ["2"])"}},
    {"TextThatSaysMoreThanItsNumberUndeclared",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'01234'),(2,'5')",
     rebuilt(id + ", a INTEGER", "", "id, CAST(a AS INTEGER)"),
     "",
     {R"(loss t.a: null > null [])", R"(wrong-type t.a: null > 1 ["1"])"}},
    {"ACodeThatMeansZeroIsNotCut",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'no'),(2,'yes')",
     rebuilt(id + ", a INTEGER", "", "id, CASE a WHEN 'no' THEN 0 WHEN 'yes' THEN 1 END"),
     "changed_columns = [\"t.a\"]\n",
     {R"(wrong-type t.a: 2 > 0 ["1","2"])"}},
    {"TextLongerThanTheNewLimit",
     "CREATE TABLE t(" + id +
         ", a TEXT, b VARCHAR(9)); INSERT INTO t VALUES (1,'Ærøsk','long'),(2,'Ærø','x')",
     rebuilt(id + ", a VARCHAR(4), b VARCHAR(9)"),
     "",
     {R"(cut-text t.a: 1 > 1 ["1"])"}},
    {"NullUnderNotNull",
     "CREATE TABLE t(" + id + ", a TEXT, b TEXT); INSERT INTO t VALUES (1,NULL,NULL),(2,'x',NULL)",
     rebuilt(id + ", a TEXT NOT NULL, b TEXT"),
     "",
     {R"(migration-fails 1.1.0/all.sql line 1: null > null [])", R"(null t.a: 1 > null ["1"])"}},
    {"NullThatTheMigrationFills",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,NULL),(2,'x')",
     rebuilt(id + ", a TEXT NOT NULL", "", "id, coalesce(a, '?')"),
     "changed_columns = [\"t.a\"]\n",
     {R"(null t.a: 1 > 0 ["1"])"}},
    {"RowsThatBreakANewCheck",
     "CREATE TABLE t(" + id + ", a INTEGER); INSERT INTO t VALUES (1,-1),(2,5)",
     rebuilt(id + ", a INTEGER CHECK (a > 0)"),
     "",
     {R"(migration-fails 1.1.0/all.sql line 1: null > null [])", R"(check t: 1 > null ["1"])"}},
    {"DuplicatesUnderUnique",
     "CREATE TABLE t(" + id +
         ", a TEXT, b TEXT); INSERT INTO t VALUES (1,'x',1),(2,'x',1),(3,'y',1),(4,NULL,1)",
     "CREATE UNIQUE INDEX once ON t(a, b);",
     "",
     {R"(migration-fails 1.1.0/all.sql line 1: null > null [])", R"(duplicate t.a, b: 2 > null ["1","2"])"}},
    {"DuplicatesOnlyUnderTheNewType",
     "CREATE TABLE t(" + id + ", a TEXT UNIQUE); INSERT INTO t VALUES (1,'1'),(2,'01'),(3,'2')",
     rebuilt(id + ", a INTEGER UNIQUE"),
     "changed_columns = [\"t.a\"]\n",
     {R"(migration-fails 1.1.0/all.sql line 1: null > null [])", R"(duplicate t.a: 2 > null ["1","2"])"}},
    {"DuplicatesUnderAPartialIndexOnAnExpression",
     "CREATE TABLE t(" + id +
         ", a TEXT, b INT); INSERT INTO t VALUES (1,'x',1),(2,'X',1),(3,'x',0),(4,NULL,1)",
     "CREATE UNIQUE INDEX once ON t(lower(a)) WHERE b > 0;",
     "",
     {R"(migration-fails 1.1.0/all.sql line 1: null > null [])",
      R"(duplicate t.lower ( a ): 2 > null ["1","2"])"}},
    {"DuplicatesButForCaseAndAccents",
     "CREATE TABLE t(" + id +
         ", a TEXT); INSERT INTO t VALUES (1,'Søby'),(2,'SØBY '),(3,'Ñandú'),(4,'Nandu'),(5,'Ana')",
     "CREATE UNIQUE INDEX once ON t(a);",
     "",
     {R"(near-duplicate t.a: 4 > 4 ["1","2","3"])"}},
    {"NamesThatOthersReferToAreAlike",
     "CREATE TABLE t(" + id +
         ", a TEXT); INSERT INTO t VALUES (1,'Ana'),(2,'ANA');"
         "CREATE TABLE u(" +
         id + ", t_id INTEGER REFERENCES t(id))",
     "ALTER TABLE u ADD COLUMN b;",
     "",
     {R"(near-duplicate t.a: 2 > 2 ["1","2"])"}},
    {"NamesThatAreSharedAnywayAreNot",
     "CREATE TABLE t(" + id +
         ", a TEXT); INSERT INTO t VALUES (1,'Ana'),(2,'ANA'),(3,'Ana');"
         "CREATE TABLE u(" +
         id + ", t_id INTEGER REFERENCES t(id))",
     "ALTER TABLE u ADD COLUMN b;",
     "",
     {}},
    {"OrphansOfAnOldReference",
     "CREATE TABLE p(" + id + "); INSERT INTO p VALUES (1); CREATE TABLE t(" + id +
         ", p_id INTEGER REFERENCES p(id)); INSERT INTO t VALUES (1,1),(2,9),(3,NULL)",
     "ALTER TABLE t ADD COLUMN b;",
     "",
     {R"(orphan t.p_id: 1 > 1 ["2"])"}},
    {"OrphansThatALookupFindsNothingFor",
     "CREATE TABLE p(" + id + ", a TEXT); INSERT INTO p VALUES (1,'x'); CREATE TABLE t(" + id +
         ", p_id INTEGER REFERENCES p(id), q INTEGER REFERENCES p); INSERT INTO t VALUES "
         "(1,1,1),(2,77,1),(3,NULL,88)",
     rebuilt(id + ", p TEXT, q TEXT", "",
             "id, (SELECT l.a FROM main.p AS l WHERE l.id = t.p_id), (SELECT a FROM p WHERE p.id = q)"),
     "dropped_columns = [\"t.p_id\"]\nchanged_columns = [\"t.q\"]\n",
     {R"(no-mapping t.q: null > 1 ["3"])", R"(no-mapping t.p_id: null > 1 ["2"])"}},
    {"OrphansThatALookupFindsAWordFor",
     "CREATE TABLE p(" + id + ", a TEXT); INSERT INTO p VALUES (1,'x'); CREATE TABLE t(" + id +
         ", p_id INTEGER REFERENCES p(id)); INSERT INTO t VALUES (1,1),(2,77)",
     rebuilt(id + ", p TEXT", "", "id, coalesce((SELECT a FROM p WHERE p.id = p_id), '?')"),
     "dropped_columns = [\"t.p_id\"]\n",
     {}},
    {"OrphansOfANewOne",
     "CREATE TABLE p(a TEXT, b TEXT, PRIMARY KEY(a, b)); INSERT INTO p VALUES ('x','y');"
     "CREATE TABLE t(" +
         id + ", a TEXT, b TEXT); INSERT INTO t VALUES (1,'x','y'),(2,'x','z'),(3,'x',NULL)",
     rebuilt(id + ", a TEXT, b TEXT, FOREIGN KEY(a, b) REFERENCES p"),
     "",
     {R"(orphan t.a, b: 1 > 1 ["2"])"}},
    {"AReferenceToATableThatGoes",
     "CREATE TABLE p(" + id + "); CREATE TABLE t(" + id +
         ", p_id INTEGER REFERENCES p(id)); INSERT INTO t VALUES (1,NULL),(2,2)",
     "DROP TABLE p;",
     "dropped_tables = [\"p\"]\n",
     {R"(orphan t.p_id: null > 1 ["2"])"}},
    {"ValuesWithoutAMapping",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'on'),(2,'off'),(3,'of'),(4,' ')",
     rebuilt(id + ", a INTEGER", "", "id, CASE a WHEN 'on' THEN 1 WHEN 'off' THEN 2 END"),
     "changed_columns = [\"t.a\"]\n",
     {R"(wrong-type t.a: 4 > 0 ["1","2","3"])", R"(no-mapping t.a: null > 1 ["3"])"}},
    {"ValuesThatATableOfThemDoesNotHave",
     "CREATE TABLE c(n INTEGER PRIMARY KEY, a TEXT); INSERT INTO c VALUES (1,'on'); CREATE TABLE t(" + id +
         ", a TEXT); INSERT INTO t VALUES (1,'on'),(2,'of')",
     rebuilt(id + ", a INTEGER", "", "id, (SELECT n FROM c WHERE c.a = t.a)"),
     "changed_columns = [\"t.a\"]\n",
     {R"(wrong-type t.a: 2 > 0 ["1","2"])", R"(no-mapping t.a: null > 1 ["2"])"}},
    {"ValuesThatBecomeNullWithoutAnyMapping",
     "CREATE TABLE t(" + id + ", a TEXT, b TEXT); INSERT INTO t VALUES (1,'on','x'),(2,'off','y')",
     rebuilt(id + ", a TEXT, b TEXT", "", "id, nullif(a, 'off'), CASE id WHEN 1 THEN b END"),
     "changed_columns = [\"t.a\", \"t.b\"]\n",
     {R"(becomes-null t.a: null > 1 ["2"])", R"(becomes-null t.b: null > 1 ["2"])"}},
    {"ValuesThatKeepTheirOldCode",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'on'),(2,'of')",
     rebuilt(id + ", a INTEGER", "", "id, CASE a WHEN 'on' THEN 1 ELSE a END"),
     "changed_columns = [\"t.a\"]\n",
     {R"(wrong-type t.a: 2 > 1 ["2"])"}},
    {"DatesByType",
     "CREATE TABLE t(" + id +
         ", a TIMESTAMP); INSERT INTO t VALUES (1,'2010-01-14 09:30:00'),(2,'01/14/10 1'),"
         "(3,'2011-02-29'),(4,''),(5,NULL),(6,1263461400),(7,'2012-02-29T23:59:59.5Z')",
     "ALTER TABLE t ADD COLUMN b;",
     "",
     {R"(not-a-date t.a: 3 > 3 ["2","3","4"])"}},
    {"DatesThatTheMigrationSpoils",
     "CREATE TABLE t(" + id + ", a DATE); INSERT INTO t VALUES (1,'2010-01-14')",
     "UPDATE t SET a = strftime('%d.%m.%Y', a);",
     "changed_columns = [\"t.a\"]\n",
     {R"(not-a-date t.a: 0 > 1 ["1"])"}},
    {"DatesByMostOfTheirValues",
     "CREATE TABLE t(" + id +
         ", a TEXT, b TEXT); INSERT INTO t VALUES (1,'2010-01-14','so'),(2,'2010-01-15','2010-01-15'),"
         "(3,'soon','well')",
     "ALTER TABLE t ADD COLUMN c;",
     "",
     {R"(not-a-date t.a: 1 > 1 ["3"])"}},
    {"DatesByName",
     "CREATE TABLE t(" + id +
         ", date_of_birth TEXT, candidate TEXT); INSERT INTO t VALUES "
         "(1,'2010-01-14','2010-01-14'),(2,'x','y'),(3,'z','z')",
     "ALTER TABLE t ADD COLUMN c;",
     "",
     {R"(not-a-date t.date_of_birth: 2 > 2 ["2","3"])"}},
    {"RowsThatAStepDrops",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'x'),(2,'x'),(3,'y')",
     "DELETE FROM t WHERE a = 'x';",
     "",
     {R"(loss t: null > null [])", R"(destructive-step 1.1.0/all.sql line 1: null > null [])"}},
    {"RowsThatMayGo",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'x'),(2,'x'),(3,'y')",
     "DELETE FROM t WHERE a = 'x';",
     "max_shrink = { t = \"2\" }\n",
     {}},
    {"ATableThatGoesWithoutAWord",
     "CREATE TABLE t(" + id + "); INSERT INTO t VALUES (1)",
     "DROP TABLE t;",
     "",
     {R"(loss t: null > null [])"}},
    {"RowsLeftOutInSilence",
     "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'x')",
     "CREATE TABLE new_t(" + id +
         ", a TEXT UNIQUE);\nINSERT OR IGNORE INTO new_t SELECT * FROM t;\n"
         "DROP TABLE t; ALTER TABLE new_t RENAME TO t;",
     "",
     {R"(destructive-step 1.1.0/all.sql line 2: null > null [])"}},
};

INSTANTIATE_TEST_SUITE_P(OfRows, LintRisk, testing::ValuesIn(of_rows),
                         [](const auto& one) { return one.param.name; });

const std::string one_table = "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'x')";
const std::string chance = R"(not-deterministic 1.1.0/all.sql line 1: null > null [])";

const std::vector<LintCase> of_scripts{
    {"Random", one_table, "UPDATE t SET a = random();", "changed_columns = [\"t.a\"]\n", {chance}},
    {"Now", one_table, "UPDATE t SET a = datetime('NOW');", "changed_columns = [\"t.a\"]\n", {chance}},
    {"NowWithoutAWord", one_table, "UPDATE t SET a = date();", "changed_columns = [\"t.a\"]\n", {chance}},
    {"TheTimeZone",
     one_table,
     "UPDATE t SET a = datetime('2010-01-14', 'localtime');",
     "changed_columns = [\"t.a\"]\n",
     {chance}},
    {"ATimeThatIsGiven",
     one_table,
     "UPDATE t SET a = datetime('2010-01-14', '+1 day');",
     "changed_columns = [\"t.a\"]\n",
     {}},
    {"ADefaultThatRuns",
     one_table,
     "CREATE TABLE u(" + id + ", a TEXT DEFAULT CURRENT_TIMESTAMP); INSERT INTO u(id) SELECT id FROM t;",
     "",
     {chance}},
    {"ADefaultThatDoesnt",
     one_table,
     "CREATE TABLE u(" + id + ", a TEXT DEFAULT CURRENT_TIMESTAMP);",
     "",
     {}},
    {"InATrigger",
     one_table +
         "; CREATE TRIGGER g AFTER UPDATE ON t BEGIN UPDATE t SET a = randomblob(4) WHERE id = new.id; END",
     "UPDATE t SET a = 'y';",
     "changed_columns = [\"t.a\"]\n",
     {chance}},
    {"IdsInWhateverOrder",
     one_table,
     "CREATE TABLE u(" + id + ", a TEXT); INSERT INTO u(a) SELECT a FROM t;",
     "",
     {chance}},
    {"IdsInOrder",
     one_table,
     "CREATE TABLE u(" + id + ", a TEXT); INSERT INTO u(a) SELECT a FROM t ORDER BY id;",
     "",
     {}},
    {"IdsThatAreGiven",
     one_table,
     "CREATE TABLE u(" + id + ", a TEXT); INSERT INTO u SELECT id, a FROM t;",
     "",
     {}},
    {"LimitWithoutOrder",
     one_table,
     "UPDATE t SET a = (SELECT a FROM t LIMIT 1);",
     "changed_columns = [\"t.a\"]\n",
     {chance}},
    {"PutTogetherInWhateverOrder",
     one_table,
     "UPDATE t SET a = (SELECT group_concat(a) FROM t);",
     "changed_columns = [\"t.a\"]\n",
     {chance}},
    {"ReplaceTakesRowsAway",
     one_table,
     "INSERT OR REPLACE INTO t VALUES (2, replace('a', 'b', 'c'));",
     "",
     {R"(destructive-step 1.1.0/all.sql line 1: null > null [])"}},
    {"TheFunctionReplaceDoesnt", one_table, "INSERT INTO t VALUES (2, replace('a', 'b', 'c'));", "", {}},
};

INSTANTIATE_TEST_SUITE_P(OfScripts, LintRisk, testing::ValuesIn(of_scripts),
                         [](const auto& one) { return one.param.name; });

const std::vector<std::string> old_sqlite{"--app-sqlite", "3.24.0"};

std::string newer(const std::string& place) {
    return "newer-sqlite " + place + ": null > null []";
}

const std::vector<LintCase> of_versions{
    {"StrictAndGenerated",
     one_table,
     "CREATE TABLE u(a INTEGER, b INTEGER AS (a + 1)) STRICT;",
     "",
     {newer("table u")},
     {"--app-sqlite", "3.31"}},
    {"AViewWithAFullJoin",
     one_table,
     "CREATE VIEW v AS SELECT t.a FROM t FULL JOIN t AS u USING (id);",
     "",
     {newer("view v")},
     {"--app-sqlite", "3.38.5"}},
    {"WindowsUpsertsAndOperators",
     one_table,
     "CREATE VIEW v AS SELECT row_number() OVER (ORDER BY id), a ->> '$.x' FROM t;"
     "CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT iif(1, 2, 3); END;",
     "",
     {newer("view v"), newer("view v"), newer("trigger g")},
     old_sqlite},
    {"WhatLeavesNothingBehind",
     "CREATE TABLE t(" + id + ", a TEXT, b TEXT)",
     "ALTER TABLE t DROP COLUMN b; UPDATE t SET a = iif(1, a, a);",
     "dropped_columns = [\"t.b\"]\n",
     {},
     old_sqlite},
    {"WhatWasThereBefore",
     one_table + "; CREATE VIEW v AS SELECT iif(1, 2, 3)",
     "ALTER TABLE t ADD COLUMN b;",
     "",
     {},
     old_sqlite},
};

INSTANTIATE_TEST_SUITE_P(OfVersions, LintRisk, testing::ValuesIn(of_versions),
                         [](const auto& one) { return one.param.name; });

} // namespace
} // namespace lockstep
