// Tables carried as CSV from one database to another, through the real executable: everything arrives as it
// was, or nothing does.
#include "payload/sqlite.h"
#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tree.h"
#include "tests/support/workshop.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

// A folder with databases, and the executable in it.
class CarryDesk {
  public:
    std::string operator/(const std::string& name) const { return folder_ / name; }
    std::string make(const std::string& name, const std::string& sql) const {
        sqlite(folder_ / name, sql);
        return folder_ / name;
    }
    Ran carry(std::vector<std::string> words) const {
        words.insert(words.begin(), built("lockstep"));
        return run(words, folder_.path());
    }
    Tree tree() const { return tree_of(folder_.path()); }

    void expect_done(std::vector<std::string> words) const {
        const Ran ran = carry(words);
        EXPECT_EQ(ran.code, 0) << ran.err;
    }
    // Exit code 2, each part of the message said, and nothing changed.
    void expect_refused(std::vector<std::string> words, const std::vector<std::string>& message) const {
        const Tree before = tree();
        const Ran ran = carry(std::move(words));
        EXPECT_EQ(ran.code, 2) << ran.out << ran.err;
        for (const std::string& part : message)
            EXPECT_NE(ran.err.find(part), std::string::npos) << "is not said: " << part << "\nbut:\n"
                                                             << ran.err;
        EXPECT_NE(ran.err.find("Nothing was changed."), std::string::npos) << ran.err;
        EXPECT_EQ(differences(before, tree()), "");
    }

  private:
    TemporaryFolder folder_;
};

const std::string value_tables = "CREATE TABLE bare(id INTEGER PRIMARY KEY, v);"
                                 "CREATE TABLE words(id INTEGER PRIMARY KEY, v TEXT);"
                                 "CREATE TABLE numbers(id INTEGER PRIMARY KEY, v NUMERIC);"
                                 "CREATE TABLE counts(id INTEGER PRIMARY KEY, v INTEGER);"
                                 "CREATE TABLE amounts(id INTEGER PRIMARY KEY, v DOUBLE PRECISION);"
                                 "CREATE TABLE pieces(id INTEGER PRIMARY KEY, v BLOB);"
                                 "CREATE TABLE times(id INTEGER PRIMARY KEY, v DATETIME);"
                                 "CREATE TABLE any_kind(id INTEGER PRIMARY KEY, v ANY) STRICT;"
                                 "CREATE TABLE strict_number(id INTEGER PRIMARY KEY, v REAL) STRICT;"
                                 "CREATE TABLE alone(v TEXT);";

// As each column makes of them what it will, every storage class stands in several.
std::string value_rows() {
    const std::string values =
        "(NULL),(''),('NULL'),('a \"quoted\" word'),('two\r\nlines'),('\n'),(' spaces '),('comma, "
        "semi;'),('Ærø Ñandú"
        " 日本 "
        "🙂'),('text:x'),('blob:00'),('integer:1'),('real:1.5'),('text-bytes:ff'),('=1+1'),('0123'),('12'),"
        "('1.5'),('1e3'),('inf'),('nan'),('0x10'),('2024-01-01'),('a'||char(0)||'b'),(CAST(x'ff61fe' AS "
        "TEXT)),(x''),"
        "(x'00ff0a0d22'),(CAST('text' AS "
        "BLOB)),(0),(-1),(9223372036854775807),(-9223372036854775808),(1.0),(0.1),"
        "(1.0/"
        "3),(0.1+0.2),(5e-324),(1.7976931348623157e308),(2.2250738585072011e-308),(123456789012345680.0),"
        "(9007199254740993),(9e999),(-9e999),(-0.0),(1e22),(8.41e21),(ieee754_from_blob(x'808312489866ba58')"
        ")"; // as text SQLite 3.40 reads it a bit off
    std::string sql;
    for (const std::string table :
         {"bare", "words", "numbers", "counts", "amounts", "pieces", "times", "any_kind"})
        sql += "INSERT INTO " + table + "(v) VALUES" + values + ";";
    return sql + "INSERT OR IGNORE INTO strict_number(v) VALUES(1),(0.1),(NULL),(-9e999);"
                 "INSERT INTO alone VALUES(NULL),(''),(NULL),('x');";
}

// Storage class and bytes of each value; of a real number all its bits.
std::string values_in(const std::string& database) {
    std::string sql;
    for (const std::string table : {"bare", "words", "numbers", "counts", "amounts", "pieces", "times",
                                    "any_kind", "strict_number", "alone"})
        sql += "SELECT '" + table +
               "', rowid, typeof(v), hex(CAST(v AS BLOB)),"
               " iif(typeof(v) = 'real', hex(ieee754_to_blob(v)), '') FROM " +
               table + " ORDER BY rowid;";
    return sqlite(database, sql);
}

TEST(Carry, EveryValueComesBackToTheBit) {
    const CarryDesk desk;
    const std::string from = desk.make("from.db", value_tables + value_rows());
    const std::string to = desk.make("to.db", value_tables);
    desk.expect_done({"export", from, "-o", "carried"});
    desk.expect_done({"import", "carried", "--into", to});
    const std::string values = values_in(from);
    EXPECT_NE(values.find("|real|"), std::string::npos);
    EXPECT_EQ(values, values_in(to));
    desk.expect_done({"export", to, "-o", "again"});
    EXPECT_EQ(differences(tree_of(desk / "carried"), tree_of(desk / "again")), "");
}

TEST(Carry, IsPlainCsv) {
    const CarryDesk desk;
    desk.make("from.db",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, price REAL, twice AS (2 * price));"
              "CREATE INDEX in_another_order ON t(name DESC, price);"
              "INSERT INTO t VALUES(1,'a \"b\"',1.5),(2,'',NULL),(3,NULL,2),(4,'c\nd',0.1);");
    const Ran ran = desk.carry({"export", "from.db", "-o", "carried"});
    EXPECT_EQ(ran.out, "t: 4 rows\n1 table from from.db to carried\n");
    EXPECT_EQ(read_file(desk / "carried/1-t.csv"),
              "\"id\",\"name\",\"price\"\r\n\"1\",\"a \"\"b\"\"\",\"1.5\"\r\n"
              "\"2\",\"\",\r\n\"3\",,\"2.0\"\r\n\"4\",\"c\nd\",\"0.1\"\r\n");
}

TEST(Carry, TablesThatOthersReferToComeFirst) {
    const CarryDesk desk;
    const std::string schema =
        "PRAGMA foreign_keys=OFF; CREATE TABLE a(id INTEGER PRIMARY KEY, b INTEGER REFERENCES b);"
        "CREATE TABLE b(id INTEGER PRIMARY KEY, c INTEGER REFERENCES c(id), up INTEGER REFERENCES b(id));"
        "CREATE TABLE c(id INTEGER PRIMARY KEY);"
        "CREATE TABLE egg(id INTEGER PRIMARY KEY, hen INTEGER REFERENCES hen(id));"
        "CREATE TABLE hen(id INTEGER PRIMARY KEY, egg INTEGER REFERENCES egg(id));";
    desk.make("from.db", schema +
                             "INSERT INTO c VALUES(3); INSERT INTO b VALUES(1,3,2),(2,3,1); INSERT INTO a "
                             "VALUES(1,2); INSERT INTO hen VALUES(1,1); INSERT INTO egg VALUES(1,1);");
    desk.make("to.db", schema);
    desk.expect_done({"export", "from.db", "-o", "carried"});
    std::vector<std::string> names;
    for (const auto& [path, content] : tree_of(desk / "carried")) names.push_back(path);
    EXPECT_EQ(names, (std::vector<std::string>{"1-c.csv", "2-b.csv", "3-a.csv", "4-hen.csv", "5-egg.csv"}));
    desk.expect_done({"import", "carried", "--into", "to.db"});
    EXPECT_EQ(sqlite(desk / "to.db", ".dump"), sqlite(desk / "from.db", ".dump"));
}

TEST(Carry, NamesMayHoldAnything) {
    const CarryDesk desk;
    const std::string schema =
        "CREATE TABLE \"order\"(\"select\" INTEGER PRIMARY KEY, \"a \"\"b\"\"\" TEXT);"
        "CREATE TABLE \"a/b\\c:d%e..\"(\"x,y\" TEXT PRIMARY KEY, \"new\nline\" \"my type\") WITHOUT ROWID;"
        "CREATE TABLE \"1-Ærø 🙂\"(é TEXT PRIMARY KEY);";
    desk.make("from.db",
              schema + "INSERT INTO \"order\" VALUES(1,'x'); INSERT INTO \"a/b\\c:d%e..\" VALUES('k',1),"
                       "('j','2'); INSERT INTO \"1-Ærø 🙂\" VALUES('Ñ');");
    desk.make("to.db", schema);
    desk.expect_done({"export", "from.db", "-o", "carried"});
    desk.expect_done({"import", "carried", "--into", "to.db"});
    EXPECT_EQ(sqlite(desk / "to.db", ".dump"), sqlite(desk / "from.db", ".dump"));
    EXPECT_TRUE(std::filesystem::exists(desk / "carried/2-a%2fb%5cc%3ad%25e...csv"));
}

TEST(Carry, OnlyTheTablesThatAreNamed) {
    const CarryDesk desk;
    desk.make("from.db",
              "CREATE TABLE a(id INTEGER PRIMARY KEY); CREATE TABLE b(id INTEGER PRIMARY KEY REFERENCES a);"
              "CREATE TABLE c(x); CREATE VIRTUAL TABLE f USING fts5(x);");
    desk.expect_done({"export", "from.db", "-o", "some", "--table", "B", "--table", "c"});
    EXPECT_TRUE(std::filesystem::exists(desk / "some/1-b.csv"));
    EXPECT_TRUE(std::filesystem::exists(desk / "some/2-c.csv"));
    EXPECT_EQ(tree_of(desk / "some").size(), 2U);
    const Ran all = desk.carry({"export", "from.db", "-o", "all"});
    EXPECT_NE(all.err.find("note: the virtual table f was left out"), std::string::npos) << all.err;
    EXPECT_EQ(tree_of(desk / "all").size(), 3U) << "no shadow tables";
    desk.expect_refused({"export", "from.db", "-o", "none", "--table", "d"},
                        {"from.db", "there is no table 'd'"});
    desk.expect_refused({"export", "from.db", "-o", "none", "--table", "f"}, {"it is a virtual table"});
    desk.expect_refused({"export", "from.db", "-o", "all"},
                        {"all", "there is something of that name already"});
    desk.expect_refused({"export", "no.db", "-o", "none"}, {"no.db"});
}

TEST(Carry, AValueThatCouldNotComeBackIsNamed) {
    const CarryDesk desk;
    desk.make("from.db",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES(1,'12');"
              "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql='CREATE TABLE t(id INTEGER PRIMARY"
              " KEY, v INTEGER)';");
    desk.expect_refused({"export", "from.db", "-o", "carried"},
                        {"t.v", "it holds text, '12', that the column would make an integer of"});
}

TEST(Carry, ReadsALiveDatabaseAndLeavesNothingBesideIt) {
    const CarryDesk desk;
    desk.make("from.db", "PRAGMA journal_mode=WAL; CREATE TABLE t(v TEXT); INSERT INTO t VALUES('x');");
    const Tree before = desk.tree();
    desk.expect_done({"export", "from.db", "-o", "carried"});
    std::filesystem::remove_all(desk / "carried");
    EXPECT_EQ(differences(before, desk.tree()), "");
}

// What other programs write: LF, a byte order mark, no quotes where none are needed, other columns' order.
TEST(Carry, TakesCsvOfOthers) {
    const CarryDesk desk;
    desk.make("to.db", "CREATE TABLE code(id INTEGER PRIMARY KEY, name TEXT NOT NULL, weight REAL DEFAULT 7, "
                       "seen TEXT)");
    write_file(desk / "in/code.csv", "\xef\xbb\xbfName,ID,seen\nÆrø,1,\n\"two\nlines\",2,\"\"\n 12 ,3,x");
    desk.expect_done({"import", "in", "--into", "to.db"});
    EXPECT_EQ(sqlite(desk / "to.db", "SELECT id, quote(name), quote(weight), quote(seen) FROM code"),
              "1|'Ærø'|7.0|NULL\n2|'two\nlines'|7.0|''\n3|'12'|7.0|'x'\n");
}

const char* const people =
    "CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, place INTEGER NOT NULL REFERENCES place ON "
    "DELETE CASCADE"
    " ON UPDATE CASCADE);"
    "CREATE TABLE log(said TEXT, twice AS (said || said));"
    "INSERT INTO place VALUES(1,'Ærø'); INSERT INTO person VALUES(1,'Zoë',1); INSERT INTO log VALUES('x');"
    "CREATE TRIGGER renamed AFTER UPDATE ON place BEGIN INSERT INTO log(said) VALUES('renamed'); END;";

TEST(Carry, NothingArrivesWhereSomethingDoesNotFit) {
    const CarryDesk desk;
    desk.make("to.db", people);
    const struct {
        std::string file, text;
        std::vector<std::string> message;
    } cases[] = {
        {"2-person.csv",
         "id,name,place\n2,a,9\n3,b,8\n",
         {"2-person.csv, line 2, column place", "no row '9' in place"}},
        {"2-person.csv",
         "id,name,place\n2,a,2\n\"3\",\"b\n\",\n",
         {"line 3: NOT NULL constraint failed: person.place"}},
        {"2-person.csv",
         "id,name,place\n2,\"x\ny\",2\n1,b,2\n",
         {"line 4: UNIQUE constraint failed: person.id", "--overwrite"}},
        {"2-person.csv", "id,name,place\n2,a\n", {"line 2: the row has 2 fields", "names 3 columns"}},
        {"2-person.csv", "id,name,place\n\n", {"line 2: the row has 1 fields"}},
        {"2-person.csv", "id,name,place,age\n", {"line 1: the table person has no column 'age'"}},
        {"2-person.csv", "id,name,ID\n", {"line 1: the column id is named twice"}},
        {"2-person.csv", "", {"line 1: the first row names the columns"}},
        {"2-person.csv", "id,name,place\n2,a,2\n3,a\"b,2\n", {"line 3: a quote stands where none may be"}},
        {"2-person.csv", "id,name,place\n2,\"a\nb,2\n", {"line 2: the file ends within quotes"}},
        {"2-person.csv", "id,name,place\nx,a,2\n", {"line 2: datatype mismatch"}},
        {"2-person.csv",
         "id,name,place\n2,blob:0,2\n",
         {"line 2, column name", "after \"blob:\" stands \"0\""}},
        {"2-person.csv", "id,name,place\n2,integer:7,2\n", {"person.name would make text of \"integer:7\""}},
        {"2-persons.csv", "id\n", {"2-persons.csv", "there is no table 'persons'"}},
        {"3-Place.csv", "id,name\n3,c\n", {"3-Place.csv", "the table has another file before it"}},
        {"2-log.csv", "said\ny\n", {"2-log.csv", "has no primary key and isn't empty"}},
        {"2-log.csv", "said,twice\ny,yy\n", {"the column twice is generated"}},
        {"notes.txt", "", {"notes.txt", "holds only files named <table>.csv"}},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.file + "\n" + one.text);
        write_file(desk / "in/1-place.csv", "id,name\n2,b\n");
        write_file(desk / ("in/" + one.file), one.text);
        desk.expect_refused({"import", "in", "--into", "to.db"}, one.message);
        std::filesystem::remove_all(desk / "in");
    }
    desk.expect_refused({"import", "in", "--into", "to.db"}, {"in", "there is no such folder"});
    write_file(desk / "in/1-place.csv", "id,name\n2,b\n");
    desk.expect_refused({"import", "in", "--into", "no.db"}, {"no.db", "there is no such database"});
}

// OR REPLACE would delete the place, and its people with it.
TEST(Carry, OverwritesRowsOnlyWhereToldAndLosesNone) {
    const CarryDesk desk;
    desk.make("to.db", people);
    write_file(desk / "in/place.csv", "id,name\n1,Ærøskøbing\n2,Ny\n");
    desk.expect_refused({"import", "in", "--into", "to.db"}, {"place.csv, line 2", "place.id"});
    const Ran ran = desk.carry({"import", "in", "--into", "to.db", "--overwrite"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.err.find("the trigger renamed of place did not run"), std::string::npos) << ran.err;
    EXPECT_EQ(sqlite(desk / "to.db", "SELECT * FROM place; SELECT * FROM person; SELECT said FROM log;"),
              "1|Ærøskøbing\n2|Ny\n1|Zoë|1\nx\n");
}

// A table may say itself what becomes of a conflict; a row must not go, stay away or change by it.
TEST(Carry, WhatATableSaysOfConflictsDoesNotTouchItsRows) {
    const CarryDesk desk;
    const struct {
        std::string table, rows, file;
        std::vector<std::string> message;
    } cases[] = {
        {"id INTEGER PRIMARY KEY, a TEXT UNIQUE ON CONFLICT REPLACE",
         "(1,'u')",
         "id,a\n2,u\n",
         {"line 2: UNIQUE constraint failed: t.a"}},
        {"id INTEGER PRIMARY KEY ON CONFLICT REPLACE, a TEXT",
         "(1,'u')",
         "id,a\n1,v\n",
         {"line 2: UNIQUE constraint failed: t.id", "--overwrite"}},
        {"id INTEGER PRIMARY KEY, a TEXT UNIQUE ON CONFLICT IGNORE",
         "(1,'u')",
         "id,a\n2,v\n3,u\n",
         {"line 3: UNIQUE constraint failed: t.a"}},
        {"id INTEGER PRIMARY KEY, a TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'd'",
         "(1,'u')",
         "id,a\n2,\n",
         {"line 2: NOT NULL constraint failed: t.a"}},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.table);
        desk.make("to.db", "DROP TABLE IF EXISTS t; CREATE TABLE t(" + one.table + "); INSERT INTO t VALUES" +
                               one.rows);
        write_file(desk / "in/t.csv", one.file);
        desk.expect_refused({"import", "in", "--into", "to.db"}, one.message);
        if (one.message.size() == 1)
            desk.expect_refused({"import", "in", "--into", "to.db", "--overwrite"}, one.message);
    }
}

TEST(Carry, AValueThatTheColumnWouldChangeIsRefused) {
    const CarryDesk desk;
    desk.make("to.db",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, i INTEGER, r REAL, n NUMERIC, s TEXT, b BLOB)");
    const struct {
        std::string column, value, message;
    } cases[] = {
        {"i", "01234", "t.i would make an integer of \"01234\": 1234"},
        {"i", "+0046701", "t.i would make an integer of \"+0046701\": 46701"},
        {"i", "-0.0", "t.i would make an integer of \"-0.0\": 0"},
        {"i", "9223372036854775808", "t.i would make a real number of"},
        {"r", "9007199254740993", "t.r would make a real number of \"9007199254740993\""},
        {"n", "1.10", "t.n would make a real number of \"1.10\": 1.1"},
        {"r", "real:9e999", "\"real:\" stands \"9e999\""},
        {"s", "integer:7", "t.s would make text of \"integer:7\": '7'"},
        {"id", "", "t.id would make an integer of NULL"},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.value);
        write_file(desk / "in/t.csv", one.column + ",b\n1,x\n" + one.value + ",y\n");
        desk.expect_refused({"import", "in", "--into", "to.db"}, {"t.csv, line 3, column", one.message});
    }
    write_file(desk / "in/t.csv", "id,i,r,n,s,b\n1,2.0,2,-3,01234,text:x\n2,1.5,1e+22,x,1.10,blob:00\n");
    desk.expect_done({"import", "in", "--into", "to.db"});
    EXPECT_EQ(sqlite(desk / "to.db", "SELECT id, i, r, n, s, b FROM t WHERE id = 1;"),
              "1|2|2.0|-3|01234|x\n");
}

// The key is found as its collation has it, and arrives as it is written.
TEST(Carry, AnOverwrittenKeyIsThatOfTheFile) {
    const CarryDesk desk;
    desk.make("to.db", "CREATE TABLE t(k TEXT COLLATE NOCASE PRIMARY KEY, v); INSERT INTO t VALUES('A',1);"
                       "CREATE TABLE c(v REFERENCES p ON UPDATE RESTRICT); CREATE TABLE p(id INTEGER PRIMARY "
                       "KEY, v); INSERT INTO p VALUES(7,1); INSERT INTO c VALUES(7);");
    write_file(desk / "in/t.csv", "k,v\na,2\n");
    write_file(desk / "in/p.csv", "id,v\n7,2\n");
    desk.expect_done({"import", "in", "--into", "to.db", "--overwrite"});
    EXPECT_EQ(sqlite(desk / "to.db", "SELECT * FROM t; SELECT * FROM p; SELECT * FROM c"), "a|2\n7|2\n7\n");
}

TEST(Carry, ADatabaseThatIsWrittenToIsBusy) {
    const CarryDesk desk;
    const std::string file = desk.make("to.db", people);
    Database writer(file, OpenMode::read_write);
    writer.run("BEGIN IMMEDIATE");
    write_file(desk / "in/place.csv", "id,name\n2,b\n");
    const Ran ran = desk.carry({"import", "in", "--into", "to.db"});
    EXPECT_EQ(ran.code, 13) << ran.err;
    EXPECT_NE(ran.err.find("database is locked"), std::string::npos) << ran.err;
}

} // namespace
} // namespace lockstep
