// `lockstep lint` through the real executable: each risk is found where it is, and not where it isn't.
#include "tests/support/migration_desk.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

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

void expect_says(const Ran& ran, int code, const std::string& sentence) {
    EXPECT_EQ(ran.code, code) << ran.out << ran.err;
    EXPECT_NE((ran.out + ran.err).find(sentence), std::string::npos) << sentence << '\n'
                                                                     << ran.out << ran.err;
}

TEST(Lint, ShowsNoValuesUnlessAsked) {
    const MigrationDesk desk("CREATE TABLE t(" + id + ", a DATE); INSERT INTO t VALUES (17, 'a secret')");
    desk.script("ALTER TABLE t ADD COLUMN b;");
    for (const std::vector<std::string>& way :
         {std::vector<std::string>{}, std::vector<std::string>{"--json"}, {"--html", "page.html"}}) {
        const Ran ran = desk.lint(way);
        expect_says(ran, 1, "17");
        EXPECT_EQ(ran.out.find("secret"), std::string::npos) << ran.out;
    }
    EXPECT_EQ(read_file(desk / "page.html").find("secret"), std::string::npos);
    expect_says(desk.lint({"--show-values"}), 1, "(key 17: 'a secret')");
}

TEST(Lint, SaysWhereTheMigrationFailsAndGoesOn) {
    const MigrationDesk desk("CREATE TABLE t(" + id +
                             ", a TEXT); INSERT INTO t VALUES (1, NULL), (2, 'x');"
                             "CREATE TABLE u(" +
                             id + ", born DATE); INSERT INTO u VALUES (3, 'never')");
    desk.script("-- first\nCREATE TABLE new_t(" + id +
                ", a TEXT NOT NULL);\nINSERT INTO new_t SELECT * FROM t;\n"
                "DROP TABLE t; ALTER TABLE new_t RENAME TO t;");
    const Ran ran = desk.lint();
    expect_says(
        ran, 1,
        "1.1.0/all.sql line 3: NOT NULL constraint failed: new_t.a, in: INSERT INTO new_t SELECT * FROM "
        "t (it writes to new_t)\n");
    expect_says(ran, 1, "t.a: is NULL, and is NOT NULL in the new schema: 1 row (key 1)\n");
    expect_says(ran, 1, "u.born: is no date that SQLite reads: 1 row (key 3)\n");
    expect_says(ran, 1,
                "The migration ended at 1.1.0/all.sql line 3: what it would have made of the rows is not "
                "known.\n");
}

TEST(Lint, SaysWhichSqliteAScriptNeeds) {
    const MigrationDesk desk(one_table);
    desk.script("UPDATE t SET a = json_pretty(a);");
    const Ran ran = desk.lint();
    expect_says(ran, 1,
                "1.1.0/all.sql line 1: no such function: json_pretty, in: UPDATE t SET a = json_pretty(a)");
    expect_says(ran, 1, "json_pretty() needs SQLite 3.46; the engine has 3.");
    expect_says(ran, 1, "The scripts could not be read beyond 1.1.0/all.sql line 1");
}

TEST(Lint, RefusesWhatTheEngineRefuses) {
    const MigrationDesk desk(one_table);
    desk.script("DELETE FROM t;\nATTACH 'other.db' AS other; CREATE TABLE other.x(y);");
    const Ran ran = desk.lint();
    expect_says(ran, 1, "1.1.0/all.sql line 2: ATTACH is not for scripts");
    expect_says(ran, 1,
                "1.1.0/all.sql line 1: it deletes rows of t, and the release says no max_shrink for it");
    EXPECT_FALSE(std::filesystem::exists(desk / "other.db"));
}

TEST(Lint, PageOpensOfflineAndHoldsNothingButText) {
    const std::string evil = "\"<script>alert('1')</script>\"";
    const MigrationDesk desk("CREATE TABLE " + evil + "(" + id + ", a DATE); INSERT INTO " + evil +
                             " VALUES (1, 'x')");
    desk.script("CREATE TABLE u(a);");
    expect_says(desk.lint({"--html", "page.html"}), 1, "1 risk found");
    const std::string page = read_file(desk / "page.html");
    for (const std::string outside : {"<script", "http:", "https:", "src=\"", "href=", "@import", "url("})
        EXPECT_EQ(page.find(outside), std::string::npos) << outside;
    EXPECT_NE(page.find("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;.a: is no date"), std::string::npos)
        << page;
    EXPECT_TRUE(page.ends_with("</body></html>\n"));
}

TEST(Lint, SaysForWhichEntryPointsAGateCantStand) {
    const MigrationDesk desk(one_table);
    desk.script("ALTER TABLE t ADD COLUMN b;");
    write_file(desk / "app-1.1.0/start.sh", "#!/bin/sh\nexec ./app\n", 0755);
    write_file(desk / "app-1.1.0/app", read_file("/bin/true"), 0755);
    write_file(desk / "app-1.1.0/daemon", read_file("/bin/true"), 0755);
    write_file(desk / "app-1.1.0/lib/app.service", "[Service]\nExecStart=/opt/clinic/daemon --serve\n");
    write_file(desk / "app-1.1.0/svc.exe", "MZ StartServiceCtrlDispatcherW", 0755);
    desk.release("entry_points = [\"start.sh\", \"app\", \"daemon\", \"svc.exe\", \"app.txt\", \"gone\"]\n");
    const Ran ran = desk.lint();
    expect_says(ran, 1, "start.sh: is a script: the gate is a program");
    expect_says(ran, 1, "daemon: is started as a service by lib/app.service\n");
    expect_says(ran, 1, "svc.exe: is a Windows service\n");
    expect_says(ran, 1, "app.txt: is no program that this system or Windows starts\n");
    expect_says(ran, 1, "gone: is no file of app-1.1.0\n");
    EXPECT_EQ(ran.out.find("\n  app: "), std::string::npos) << ran.out;
    expect_says(ran, 1, "5 risks found");
}

TEST(Lint, TroubleIsTwoAndNamesTheCause) {
    const MigrationDesk desk(one_table);
    desk.script("ALTER TABLE t ADD COLUMN b;");
    expect_says(desk.lockstep({"lint", "missing.toml", "--db", "old.db"}), 2, "missing.toml");
    expect_says(desk.lockstep({"lint", "release.toml", "--db", "missing.db"}), 2, "missing.db");
    write_file(desk / "text.db", "This is no database.");
    expect_says(desk.lockstep({"lint", "release.toml", "--db", "text.db"}), 2, "file is not a database");
    sqlite(desk / "other.db", "CREATE TABLE other(x)");
    expect_says(desk.lockstep({"lint", "release.toml", "--db", "other.db"}), 2,
                "its schema is of none of the previous versions:\n  against 1.0.0: ");
    expect_says(desk.lint({"--db", "old.db"}), 2, "there is another --db of main");
    expect_says(desk.lint({"--app-sqlite", "new"}), 2, "it is not a version 3.Y.Z");
    expect_says(desk.lint({"--platform", "moon"}), 2, "release.toml doesn't name it");
}

TEST(Lint, OfOddNamesAndObjectsOfEveryKind) {
    const MigrationDesk desk(
        "CREATE TABLE \"order\"(\"group by\" INTEGER PRIMARY KEY, \"a\"\"b\" DATE, 'Æ ø' TEXT UNIQUE);"
        "INSERT INTO \"order\" VALUES (1, 'x', 'Y');"
        "CREATE TABLE pairs(a TEXT, b INT, c AS (a || b), PRIMARY KEY(a, b)) WITHOUT ROWID;"
        "INSERT INTO pairs VALUES ('x', 1);"
        "CREATE TABLE tree(id INTEGER PRIMARY KEY, parent INTEGER REFERENCES tree(id));"
        "INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 9);"
        "CREATE VIRTUAL TABLE words USING fts5(body); INSERT INTO words VALUES ('one two');"
        "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1); INSERT INTO boxes VALUES (1, 2, 3);"
        "CREATE UNIQUE INDEX part ON pairs(b) WHERE b > 0; CREATE UNIQUE INDEX lowered ON pairs(lower(a));"
        "CREATE VIEW v AS SELECT * FROM pairs;"
        "CREATE TRIGGER g INSTEAD OF DELETE ON v BEGIN DELETE FROM pairs WHERE a = old.a; END;"
        "CREATE VIEW broken AS SELECT * FROM nowhere;");
    desk.script("ALTER TABLE \"order\" ADD COLUMN \"select\"; DELETE FROM v WHERE a = 'nobody';");
    const Ran ran = desk.lint({"--json"});
    EXPECT_EQ(ran.code, 1) << ran.out << ran.err;
    EXPECT_EQ(risks_in(ran), (std::vector<std::string>{
                                 R"(orphan tree.parent: 1 > 1 ["3"])",
                                 R"(not-a-date order.a"b: 1 > 1 ["1"])",
                                 R"(destructive-step 1.1.0/all.sql line 1: null > null [])",
                             }));
}

TEST(Lint, OfSeveralDatabasesSaysWhichOne) {
    const MigrationDesk desk(one_table);
    sqlite(desk / "calls.db",
           "CREATE TABLE call(id INTEGER PRIMARY KEY, day DATE); INSERT INTO call VALUES (5, 'x')");
    sqlite(desk / "calls-copy.db", "CREATE TABLE call(id INTEGER PRIMARY KEY, day DATE); INSERT INTO call "
                                   "VALUES (8, 'y'), (9, '2010-01-14')");
    desk.script("INSERT INTO t SELECT id + 100, day FROM calls.call ORDER BY id; DELETE FROM calls.call;");
    desk.release("", "[[database]]\nname = \"calls\"\npath = \"data/calls.db\"\n");
    std::string text = read_file(desk / "release.toml");
    const std::string samples = "main = [\"old.db\"]";
    text.replace(text.find(samples), samples.size(), samples + ", calls = [\"calls.db\"]");
    write_file(desk / "release.toml", text);
    const Ran ran = desk.lint({"--db", "calls=calls-copy.db"});
    expect_says(ran, 1,
                "calls.call.day: is no date that SQLite reads: 1 row; none after the migration (key 8)\n");
    expect_says(ran, 1, "it deletes rows of calls.call, and the release says no max_shrink for it\n");
    expect_says(ran, 1, "table calls.call: 2 of 2 rows are gone (keys 8, 9)\n");
}

TEST(Lint, SaysWhatItDidNotLookAt) {
    const MigrationDesk desk(one_table);
    desk.script("UPDATE t SET a = 'z';", "field.sql");
    desk.release("platforms = [\"field\"]\n");
    expect_says(desk.lint(), 0,
                "1.1.0/field.sql is for the platform field and was not looked at: --platform field does");
    expect_says(desk.lint({"--platform", "field"}), 1, "column t.a: 1 of 1 values changed (key 1)");
    write_file(desk / "app-1.1.0/recode", "x", 0755);
    desk.script("argv = [\"recode\"]\n", "recode.run.toml");
    expect_says(desk.lint({"--platform", "field"}), 0,
                "1.1.0/recode.run.toml is a program, which lint doesn't run");
}

TEST(Lint, NamesAModuleThatTheEngineLacks) {
    const MigrationDesk desk(one_table);
    sqlite(desk.older(),
           "PRAGMA writable_schema=ON; INSERT INTO sqlite_schema VALUES ('table', 'odd', 'odd', 0, "
           "'CREATE VIRTUAL TABLE odd USING spellfix(x)')");
    desk.script("ALTER TABLE t ADD COLUMN b;");
    expect_says(desk.lint(), 2, "needs the module spellfix");
}

} // namespace
} // namespace lockstep
