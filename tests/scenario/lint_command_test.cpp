// `lockstep lint` as a command: what it shows and hides, where it ends, and what it can't look at.
#include "tests/support/migration_desk.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace lockstep {
namespace {

const std::string id = "id INTEGER PRIMARY KEY";
const std::string one_table = "CREATE TABLE t(" + id + ", a TEXT); INSERT INTO t VALUES (1,'x')";

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
