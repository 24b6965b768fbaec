// `lockstep diff` through the real executable: exit codes, the three ways it is shown, and bad input.
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>

namespace lockstep {
namespace {

Ran diff_of(const std::string& older, const std::string& newer) {
    return run({built("lockstep"), "diff", older, newer});
}

TEST(Diff, OfTheSameSchemaSaysSo) {
    const DraftDesk desk("CREATE TABLE t(a TEXT, b INTEGER); INSERT INTO t VALUES ('x', 1);",
                         "create table \"T\" ( B integer, [a] text ) -- the same, by other words");
    const Ran ran = desk.diff();
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_EQ(ran.out, "The two schemas are the same.\n");
    EXPECT_EQ(nlohmann::json::parse(desk.diff({"--json"}).out)["same"], true);
}

TEST(Diff, TellsEachChange) {
    const DraftDesk desk(
        "CREATE TABLE gone(x); CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, was TEXT CHECK (was <> ''), n "
        "INTEGER);"
        "CREATE INDEX i ON t(a); CREATE VIEW v AS SELECT a FROM t;"
        "CREATE TRIGGER g AFTER DELETE ON t BEGIN SELECT 1; END; PRAGMA user_version = 1",
        "CREATE TABLE appeared(y UNIQUE); CREATE TABLE t(id INTEGER PRIMARY KEY, a VARCHAR(9) NOT NULL "
        "DEFAULT 'x',"
        " was_it TEXT CHECK (was_it <> ''), n INTEGER REFERENCES appeared(y));"
        "CREATE UNIQUE INDEX i ON t(a); CREATE VIEW v AS SELECT a, n FROM t; PRAGMA user_version = 2");
    const Ran ran = desk.diff();
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(
        ran.out,
        "1 table appeared, 1 table disappeared, no tables renamed, 1 table changed; 3 other differences\n"
        "\n"
        "Probably:\n"
        "  87%  column t.was is now t.was_it: the same type, the same place, a similar name\n"
        "  99%  column t.a has another type: TEXT became VARCHAR(9)\n"
        "\n"
        "table appeared appeared\n"
        "  column y appeared: without a type\n"
        "  unique (y) appeared: UNIQUE\n"
        "\n"
        "table t changed\n"
        "  column a changed: text -> varchar ( 9 ) NOT NULL DEFAULT 'x'\n"
        "  index i changed: (a) -> UNIQUE (a)\n"
        "  foreign key (n) appeared: REFERENCES appeared (y) ON UPDATE NO ACTION ON DELETE NO ACTION\n"
        "  column was is now was_it\n"
        "\n"
        "table gone disappeared\n"
        "\n"
        "view v changed: create view v as select a from t -> create view v as select a , n from t\n"
        "trigger g disappeared: create trigger g after delete on t begin select 1 ; end\n"
        "pragma user_version changed: 1 -> 2\n");
    const auto json = nlohmann::json::parse(desk.diff({"--json"}).out);
    EXPECT_EQ(json["tables"].size(), 3U);
    EXPECT_EQ(json["tables"][1]["changes"][0],
              (nlohmann::json{{"kind", "column"},
                              {"name", "a"},
                              {"before", "text"},
                              {"after", "varchar ( 9 ) NOT NULL DEFAULT 'x'"}}));
    EXPECT_EQ(json["tables"][2]["after"], nullptr);
    EXPECT_EQ(json["inferences"][0]["confidence"], 87);
}

TEST(Diff, PageOpensOfflineAndHoldsNothingButText) {
    const std::string evil = "\"<script>alert('1')</script>&amp;\"";
    const DraftDesk desk("CREATE TABLE t(a)", "CREATE TABLE t(a, " + evil +
                                                  " TEXT DEFAULT '<img src=x>'); CREATE TABLE " + evil +
                                                  "(x)");
    const Ran ran = desk.diff({"--html", "page.html"});
    EXPECT_EQ(ran.code, 1) << ran.err;
    const std::string page = read_file(desk / "page.html");
    EXPECT_EQ(page.find("<script"), std::string::npos) << page;
    EXPECT_EQ(page.find("<img"), std::string::npos) << page;
    for (const std::string outside : {"http:", "https:", "src=\"", "href=", "@import", "url("})
        EXPECT_EQ(page.find(outside), std::string::npos) << outside;
    EXPECT_NE(page.find("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;"), std::string::npos)
        << page;
    EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    EXPECT_TRUE(page.ends_with("</body></html>\n"));
}

TEST(Diff, TroubleIsTwoAndNamesTheFile) {
    const DraftDesk desk("CREATE TABLE t(a); CREATE TABLE u(b);", "CREATE TABLE t(a)");
    const auto expect_trouble = [&](const std::string& file, const std::string& sentence) {
        for (const Ran& ran : {diff_of(file, desk.newer()), diff_of(desk.newer(), file)}) {
            EXPECT_EQ(ran.code, 2) << file << ran.out;
            EXPECT_NE(ran.err.find(file), std::string::npos) << ran.err;
            EXPECT_NE(ran.err.find(sentence), std::string::npos) << ran.err;
            EXPECT_EQ(ran.out, "");
        }
    };
    expect_trouble(desk / "missing.db", "unable to open database file");
    write_file(desk / "text.db",
               "This is no database, and it is longer than a database's first hundred bytes are. "
               "So SQLite looks at it, and says what it is not.");
    expect_trouble(desk / "text.db", "file is not a database");
    write_file(desk / "empty.db", "");
    expect_trouble(desk / "empty.db", "the file is empty");
    std::string damaged = read_file(desk.older());
    damaged.replace(100, 8, std::string(8, '\xff')); // the schema's own page
    write_file(desk / "damaged.db", damaged);
    expect_trouble(desk / "damaged.db", "malformed");
    expect_trouble(desk / ".", "Could not open");
}

// Nobody's database is written to by being compared, nor a file left beside it.
TEST(Diff, ChangesNoByte) {
    const DraftDesk desk("PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1);",
                         "CREATE TABLE t(a, b)");
    const Tree before = tree_of(desk / ".");
    EXPECT_EQ(desk.diff().code, 1);
    EXPECT_EQ(differences(before, tree_of(desk / ".")), "");
}

std::string many_tables(const std::string& prefix, int count, int changed) {
    std::string sql = "BEGIN;";
    for (int i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        sql += "CREATE TABLE " + prefix + number + "(id INTEGER PRIMARY KEY, name TEXT, " + prefix + "value" +
               number + " TEXT, parent INTEGER REFERENCES " + prefix + std::to_string(i / 2) + "(id)" +
               (i < changed ? ", more TEXT" : "") + ");";
    }
    return sql + "COMMIT;";
}

TEST(Diff, OfTenThousandTablesTakesSeconds) {
    const DraftDesk some(many_tables("t", 10000, 0), many_tables("t", 10000, 2));
    const Ran ran = some.diff();
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_NE(ran.out.find("2 tables changed"), std::string::npos) << ran.out.substr(0, 300);
    const Ran drafted = some.draft();
    EXPECT_EQ(drafted.code, 0) << drafted.err;
    const DraftDesk nothing(many_tables("t", 10000, 0), many_tables("other", 10000, 0));
    const Ran apart = nothing.diff();
    EXPECT_EQ(apart.code, 1) << apart.err;
    EXPECT_NE(apart.out.find("10,000 tables appeared, 10,000 tables disappeared"), std::string::npos)
        << apart.out.substr(0, 300);
    std::cout << "diff " << ran.seconds << " s, draft " << drafted.seconds << " s; nothing in common "
              << apart.seconds << " s\n";
    EXPECT_LT(ran.seconds, 30);
    EXPECT_LT(apart.seconds, 30);
}

} // namespace
} // namespace lockstep
