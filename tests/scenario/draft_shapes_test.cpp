// Schemas of every shape that SQLite allows, each drafted, rehearsed and applied by the real executables: the
// new schema to the fact, and every row.
#include "payload/schema.h"
#include "tests/support/draft_desk.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

struct Shape {
    std::string name;
    std::string older;    // SQL
    std::string newer;    // SQL
    std::string question; // asked of the updated database
    std::string answer;
    std::string decisions = {};
};

class DraftOf : public testing::TestWithParam<Shape> {};

TEST_P(DraftOf, GivesTheNewSchemaWithEveryRow) {
    const Shape& shape = GetParam();
    const DraftDesk desk(shape.older, shape.newer);
    const Ran compared = desk.diff();
    EXPECT_EQ(compared.code, 1) << compared.out << compared.err;
    const Ran drafted = desk.draft(shape.decisions);
    std::string database;
    ASSERT_NO_THROW(database = desk.updated(drafted)) << desk.script();
    Database updated(database, OpenMode::read_only);
    Database released(desk.newer(), OpenMode::read_only);
    EXPECT_EQ(schema_differences(fingerprint_of(released, "main", {}), fingerprint_of(updated, "main", {})),
              std::vector<std::string>{});
    EXPECT_EQ(sqlite(database, shape.question), shape.answer) << desk.script();
}

const char* const people = "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, age INTEGER);"
                           "INSERT INTO person VALUES (1, 'Ana', 40), (2, 'Bo', NULL), (3, 'Čen', 7);";
const std::string trap =
    "CREATE TABLE \"select\"(\"or'der\" INTEGER PRIMARY KEY, \"a \"\"b\" TEXT, [ключ] TEXT);";

INSTANTIATE_TEST_SUITE_P(
    Shape, DraftOf,
    testing::Values(
        Shape{"AddedColumn", people,
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, age INTEGER, mail TEXT)",
              "SELECT * FROM person", "1|Ana|40|\n2|Bo||\n3|Čen|7|\n"},
        Shape{"RenamedColumn", people,
              "CREATE TABLE person(id INTEGER PRIMARY KEY, full_name TEXT, age INTEGER)",
              "SELECT full_name, age FROM person", "Ana|40\nBo|\nČen|7\n"},
        Shape{"RenamedTable", people, "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, age INTEGER)",
              "SELECT name FROM people", "Ana\nBo\nČen\n"},
        Shape{"DecidedRename", people,
              "CREATE TABLE person(id INTEGER PRIMARY KEY, years INTEGER, called TEXT)",
              "SELECT called, years FROM person", "Ana|40\nBo|\nČen|7\n",
              "renamed_columns = { \"person.age\" = \"person.years\", \"person.name\" = \"person.called\" }"},
        Shape{"ChangedType", people, "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, age REAL)",
              "SELECT age, typeof(age) FROM person", "40.0|real\n|null\n7.0|real\n"},
        Shape{"NotNullWithDefault", people,
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, age INTEGER NOT NULL, village TEXT NOT "
              "NULL)",
              "SELECT name, age, village FROM person", "Ana|40|?\nBo|-1|?\nČen|7|?\n",
              "[defaults]\n\"person.age\" = -1\n\"person.village\" = \"?\""},
        Shape{"ValueMap",
              "CREATE TABLE job(id INTEGER PRIMARY KEY, status INTEGER);"
              "INSERT INTO job VALUES (1, 1), (2, 2), (3, NULL);",
              "CREATE TABLE job(id INTEGER PRIMARY KEY, status TEXT)", "SELECT status FROM job",
              "open\nclosed\n\n", "[values.\"job.status\"]\n1 = \"open\"\n2 = \"closed\""},
        Shape{"Expression",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, born TEXT); INSERT INTO t VALUES (1, '01/14/10');",
              "CREATE TABLE t(id INTEGER PRIMARY KEY, born INTEGER)", "SELECT born FROM t", "2010\n",
              "expressions = { \"t.born\" = \"2000 + CAST(substr(born, 7) AS INTEGER)\" }"},
        Shape{"TrapNames",
              trap + "INSERT INTO \"select\" VALUES (7, 'x''y', 'ж');"
                     "CREATE VIEW \"v iew\" AS SELECT \"a \"\"b\" FROM \"select\";"
                     "CREATE TABLE \"gr-oup\"(\"from\" INTEGER REFERENCES \"select\"(\"or'der\"));"
                     "INSERT INTO \"gr-oup\" VALUES (7);",
              "CREATE TABLE \"select\"(\"or'der\" INTEGER PRIMARY KEY, \"a \"\"b\" TEXT, [ключ] TEXT, "
              "\"новый\" TEXT);"
              "CREATE INDEX \"in'dex\" ON \"select\"(\"a \"\"b\");"
              "CREATE VIEW \"v iew\" AS SELECT \"новый\", \"a \"\"b\" FROM \"select\";"
              "CREATE TABLE \"gr-oup\"(\"from\" INTEGER REFERENCES \"select\"(\"or'der\") ON DELETE CASCADE)",
              "SELECT * FROM \"select\"; SELECT * FROM \"v iew\"; SELECT * FROM \"gr-oup\"",
              "7|x'y|ж|\n|x'y\n7\n"},
        Shape{"Everything",
              "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE CHECK (t.a <> ''), "
              "b INTEGER,"
              " twice INTEGER AS (b * 2) STORED, CHECK (b > 0));"
              "CREATE INDEX i ON t(lower(a)) WHERE b > 1; CREATE UNIQUE INDEX u ON t(a);"
              "CREATE TABLE log(x); CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); "
              "END;"
              "INSERT INTO t(a, b) VALUES ('one', 1), ('two', 2), ('three', 3); DELETE FROM t WHERE a = "
              "'three';",
              "CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE CHECK (t.a <> ''), "
              "b INTEGER,"
              " twice INTEGER AS (b * 2) STORED, c REAL DEFAULT 1.5, CHECK (b > 0));"
              "CREATE INDEX i ON t(lower(a)) WHERE b > 1; CREATE UNIQUE INDEX u ON t(a);"
              "CREATE TABLE log(x); CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); "
              "END;",
              "INSERT INTO t(a, b) VALUES ('four', 4); SELECT * FROM t; SELECT group_concat(x) FROM log",
              "1|one|1|2|1.5\n2|two|2|4|1.5\n4|four|4|8|1.5\none,two,three,four\n"},
        Shape{"Rowids", "CREATE TABLE t(a TEXT); INSERT INTO t(rowid, a) VALUES (10, 'x'), (20, 'y');",
              "CREATE TABLE t(a TEXT NOT NULL, b TEXT)", "SELECT rowid, a FROM t", "10|x\n20|y\n"},
        Shape{"WithoutRowidAndStrict",
              "CREATE TABLE t(k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO t VALUES ('a', 1);"
              "CREATE TABLE s(k TEXT PRIMARY KEY, v INTEGER); INSERT INTO s VALUES ('b', 2);",
              "CREATE TABLE t(k TEXT PRIMARY KEY, v INTEGER, w TEXT) WITHOUT ROWID;"
              "CREATE TABLE s(k TEXT PRIMARY KEY, v INTEGER) STRICT, WITHOUT ROWID",
              "SELECT * FROM t; SELECT * FROM s", "a|1|\nb|2\n"},
        Shape{"Circles",
              "CREATE TABLE a(id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b(id), up INTEGER REFERENCES "
              "a(id));"
              "CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id));"
              "INSERT INTO a VALUES (1, 1, NULL), (2, 1, 1); INSERT INTO b VALUES (1, 2);",
              "CREATE TABLE a(id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b(id) ON DELETE SET NULL,"
              " up INTEGER REFERENCES a(id) ON DELETE CASCADE);"
              "CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a(id) ON DELETE CASCADE)",
              "SELECT * FROM a; SELECT * FROM b; PRAGMA foreign_key_check", "1|1|\n2|1|1\n1|2\n"},
        Shape{
            "ExchangedNames",
            "CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE b(id INTEGER PRIMARY KEY, y TEXT);"
            "INSERT INTO a VALUES (1, 'was a'); INSERT INTO b VALUES (1, 'was b');",
            "CREATE TABLE b(id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE a(id INTEGER PRIMARY KEY, y TEXT);",
            "SELECT x FROM b; SELECT y FROM a", "was a\nwas b\n",
            "renamed_tables = { a = \"b\", b = \"a\" }"},
        Shape{"ExchangedColumns",
              "CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT);"
              "CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER UNIQUE REFERENCES a(id), y TEXT);"
              "INSERT INTO a VALUES (1, 'x1'), (2, 'x2'); INSERT INTO b VALUES (1, 2, 'y of 2'), (2, 1, 'y "
              "of 1');",
              "CREATE TABLE a(id INTEGER PRIMARY KEY, y TEXT);"
              "CREATE TABLE b(id INTEGER PRIMARY KEY, a_id INTEGER UNIQUE REFERENCES a(id), x TEXT)",
              "SELECT * FROM a; SELECT * FROM b", "1|y of 1\n2|y of 2\n1|2|x2\n2|1|x1\n",
              "moved_columns = { \"a.x\" = \"b.x\", \"b.y\" = \"a.y\" }"},
        Shape{"SplitTable",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, street TEXT, town TEXT);"
              "INSERT INTO person VALUES (1, 'Ana', 'A street', 'Valsør'), (2, 'Bo', NULL, NULL);",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);"
              "CREATE TABLE address(id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person(id),"
              " street TEXT, town TEXT)",
              "SELECT name FROM person; SELECT person_id, street, town FROM address",
              "Ana\nBo\n1|A street|Valsør\n"},
        Shape{"MergedColumns",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);"
              "CREATE TABLE address(person_id INTEGER PRIMARY KEY REFERENCES person(id), street TEXT, town "
              "TEXT);"
              "INSERT INTO person VALUES (1, 'Ana'), (2, 'Bo'); INSERT INTO address VALUES (1, 'A street', "
              "'Valsør');",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, street TEXT, town TEXT)",
              "SELECT * FROM person", "1|Ana|A street|Valsør\n2|Bo||\n"},
        Shape{"MergedRows",
              "CREATE TABLE north(id INTEGER PRIMARY KEY, name TEXT, debt REAL);"
              "CREATE TABLE south(id INTEGER PRIMARY KEY, name TEXT, debt REAL);"
              "INSERT INTO north VALUES (1, 'n', 1.5); INSERT INTO south VALUES (2, 's', 2.5);",
              "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, debt REAL)", "SELECT * FROM customer",
              "1|n|1.5\n2|s|2.5\n", "merged_tables = { north = \"customer\", south = \"customer\" }"},
        Shape{"LookupToText",
              "CREATE TABLE brand(id INTEGER PRIMARY KEY, name TEXT);"
              "CREATE TABLE item(id INTEGER PRIMARY KEY, title TEXT, brand_id INTEGER REFERENCES brand(id));"
              "INSERT INTO brand VALUES (1, 'Ærø'), (2, 'Bo'); INSERT INTO item VALUES (1, 'i', 2), (2, 'j', "
              "NULL);",
              "CREATE TABLE item(id INTEGER PRIMARY KEY, title TEXT, brand TEXT)", "SELECT * FROM item",
              "1|i|Bo\n2|j|\n"},
        Shape{"ViewsAndTheirTriggers",
              std::string(people) +
                  "CREATE VIEW v AS SELECT name FROM person; CREATE VIEW w AS SELECT * FROM v;"
                  "CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO person(name) VALUES "
                  "(new.name); END;"
                  "CREATE VIEW broken AS SELECT x FROM no_such_table;",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER);"
              "CREATE VIEW v AS SELECT name FROM person; CREATE VIEW w AS SELECT name || '?' AS name FROM v;"
              "CREATE TRIGGER vi INSTEAD OF INSERT ON v BEGIN INSERT INTO person(name) VALUES (new.name || "
              "'!'); END;"
              "CREATE VIEW broken AS SELECT x FROM no_such_table;",
              "INSERT INTO v VALUES ('Di'); SELECT name FROM w", "Ana?\nBo?\nČen?\nDi!?\n"},
        Shape{"FullText",
              "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT);"
              "CREATE VIRTUAL TABLE note_text USING fts5(body, content='note', content_rowid='id');"
              "CREATE VIRTUAL TABLE own_text USING fts5(body); CREATE VIRTUAL TABLE box USING rtree(id, x0, "
              "x1);"
              "INSERT INTO note VALUES (5, 'red house'), (9, 'blue boat');"
              "INSERT INTO note_text(note_text) VALUES ('rebuild'); INSERT INTO own_text(rowid, body) VALUES "
              "(3, 'tree');"
              "INSERT INTO box VALUES (1, 0, 2);",
              "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT, author TEXT);"
              "CREATE VIRTUAL TABLE note_text USING fts5(body, content='note', content_rowid='id');"
              "CREATE VIRTUAL TABLE own_text USING fts5(body, title); CREATE VIRTUAL TABLE box USING "
              "rtree(id, x0, x1, +n);",
              "SELECT rowid FROM note_text WHERE note_text MATCH 'boat'; SELECT rowid, body FROM own_text "
              "WHERE own_text "
              "MATCH 'tree'; SELECT id, x1 FROM box WHERE x0 < 1",
              "9\n3|tree\n1|2.0\n"},
        Shape{"CommentsAtTheEnd",
              "CREATE TABLE t(a) -- rows\n; CREATE VIEW v AS SELECT a FROM t -- all\n; INSERT INTO t VALUES "
              "(1);",
              "CREATE TABLE t(a, b) -- rows\n; CREATE INDEX i ON t(a) -- fast\n; CREATE TABLE n(x) -- new\n;"
              "CREATE VIEW v AS SELECT a FROM t -- all\n; CREATE VIEW w AS SELECT b FROM t -- all\n;"
              "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END -- done\n;",
              "SELECT * FROM v; SELECT count(*) FROM w", "1\n1\n"},
        Shape{
            "ReferenceToARenamedColumn",
            "CREATE TABLE p(pid INTEGER PRIMARY KEY, name TEXT); CREATE TABLE log(x);"
            "CREATE TABLE c(id INTEGER PRIMARY KEY, p INT REFERENCES p(pid), q TEXT); CREATE INDEX i ON c(q);"
            "CREATE TABLE d(p INT REFERENCES p); INSERT INTO p VALUES (1, 'a'), (2, 'b');"
            "CREATE TRIGGER r AFTER INSERT ON c BEGIN INSERT INTO log VALUES (new.p); END;"
            "INSERT INTO c VALUES (7, 2, 'x'), (8, 1, 'y'); INSERT INTO d VALUES (2);",
            "CREATE TABLE p(person_id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE log(x);"
            "CREATE TABLE c(id INTEGER PRIMARY KEY, p INT REFERENCES p(person_id), q TEXT); CREATE INDEX i "
            "ON "
            "c(q); CREATE TABLE d(p INT REFERENCES p);"
            "CREATE TRIGGER r AFTER INSERT ON c BEGIN INSERT INTO log VALUES (new.p); END;",
            "SELECT c.id, name FROM c INDEXED BY i JOIN p ON person_id = p WHERE q > ''; PRAGMA "
            "foreign_key_check; SELECT * FROM d; SELECT group_concat(x) FROM log",
            "7|b\n8|a\n2\n2,1\n", "renamed_columns = { \"p.pid\" = \"p.person_id\" }"},
        Shape{"ReferenceToARenamedTable",
              "CREATE TABLE p(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE c(p INT REFERENCES p);"
              "INSERT INTO p VALUES (1, 'a'); INSERT INTO c VALUES (1);",
              "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE c(p INT REFERENCES "
              "people);",
              "SELECT name FROM c JOIN people ON id = p; PRAGMA foreign_key_check", "a\n",
              "renamed_tables = { p = \"people\" }"},
        Shape{"NamesThatIndexesHave",
              "CREATE TABLE z(id INTEGER PRIMARY KEY, x TEXT); CREATE INDEX b ON z(x); CREATE INDEX a_new ON "
              "z(id);"
              "CREATE TABLE a(x TEXT); INSERT INTO z VALUES (1, 'z'); INSERT INTO a VALUES ('a');",
              "CREATE TABLE z(id INTEGER PRIMARY KEY, x TEXT, y INT); CREATE TABLE b(q); CREATE INDEX zx ON "
              "z(x);"
              "CREATE TABLE a(x TEXT, y TEXT); CREATE INDEX a_new ON z(id);",
              "SELECT * FROM z; SELECT * FROM a; SELECT count(*) FROM b", "1|z|\na|\n0\n"},
        Shape{"FullTextOfAView",
              "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT); CREATE VIEW v AS SELECT id, body FROM "
              "note;"
              "CREATE VIRTUAL TABLE f USING fts5(body, content='v', content_rowid='id'); INSERT INTO note "
              "VALUES "
              "(5, 'red houses'); INSERT INTO f(f) VALUES ('rebuild');",
              "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT); CREATE VIEW v AS SELECT id, body FROM "
              "note;"
              "CREATE VIRTUAL TABLE f USING fts5(body, content='v', content_rowid='id', tokenize='porter');",
              "SELECT rowid FROM f WHERE f MATCH 'house'", "5\n"},
        Shape{
            "ExpressionBesideAMovedColumn",
            "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, street TEXT);"
            "CREATE TABLE card(id INTEGER PRIMARY KEY, person_id INTEGER UNIQUE REFERENCES person(id), name "
            "TEXT);"
            "INSERT INTO person VALUES (1, 'Ana', 'A street'), (2, 'Bo', 'B street');"
            "INSERT INTO card VALUES (1, 1, 'Mrs Ana');",
            "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);"
            "CREATE TABLE card(id INTEGER PRIMARY KEY, person_id INTEGER UNIQUE REFERENCES person(id), name "
            "TEXT, street TEXT, code TEXT);",
            "SELECT * FROM card", "1|1|Mrs Ana|A street|Mrs1\n2|2||B street|none2\n",
            "moved_columns = { \"person.street\" = \"card.street\" }\n"
            "expressions = { \"card.code\" = \"coalesce(substr(name, 1, 3), 'none') || person_id\" }"},
        Shape{
            "DefaultOfAMovedColumn",
            "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, street TEXT);"
            "CREATE TABLE card(id INTEGER PRIMARY KEY, person_id INTEGER UNIQUE REFERENCES person(id));"
            "INSERT INTO person VALUES (1, 'Ana', 'A street'), (2, 'Bo', NULL); INSERT INTO card VALUES (1, "
            "1), (2, 2);",
            "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);"
            "CREATE TABLE card(id INTEGER PRIMARY KEY, person_id INTEGER UNIQUE REFERENCES person(id), "
            "street TEXT NOT NULL);",
            "SELECT * FROM card", "1|1|A street\n2|2|?\n",
            "moved_columns = { \"person.street\" = \"card.street\" }\ndefaults = { \"card.street\" = "
            "\"?\" }"},
        Shape{"IndexesAlone",
              std::string(people) + "CREATE INDEX a ON person(age); CREATE INDEX b ON person(name);",
              std::string(people) +
                  "CREATE INDEX a ON person(age DESC); CREATE INDEX c ON person(upper(name));",
              "SELECT count(*) FROM person INDEXED BY a WHERE age > 0", "2\n"},
        Shape{"IndexMovesToAnotherTable",
              "CREATE TABLE a(x TEXT); CREATE TABLE b(x TEXT); CREATE INDEX i ON a(x); INSERT INTO a VALUES "
              "('1');",
              "CREATE TABLE a(x TEXT NOT NULL); CREATE TABLE b(x TEXT NOT NULL); CREATE INDEX i ON b(x)",
              "SELECT * FROM a", "1\n"},
        Shape{"UserVersion", std::string(people) + "PRAGMA user_version = 3",
              std::string(people) + "PRAGMA user_version = 4",
              "PRAGMA user_version; SELECT count(*) FROM person", "4\n3\n"},
        Shape{"CaseOfNames",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO person VALUES (1, 'Ana');",
              "CREATE TABLE Person(ID INTEGER PRIMARY KEY, Name TEXT, mail TEXT)",
              "SELECT Name FROM Person; SELECT name FROM sqlite_schema; SELECT group_concat(name) FROM "
              "pragma_table_info('person')",
              "Ana\nPerson\nID,Name,mail\n"},
        Shape{"NamesOverLines",
              "CREATE TABLE \"a\n; DROP TABLE b; --\"(\"x\n'y\" TEXT); INSERT INTO \"a\n; DROP TABLE b; --\" "
              "VALUES ('1');"
              "CREATE TABLE b(z TEXT); INSERT INTO b VALUES ('kept'); CREATE TABLE \"c\n; DELETE FROM b; "
              "--\"(q TEXT);",
              "CREATE TABLE \"a\n; DROP TABLE b; --\"(\"x\n'y\" TEXT NOT NULL, more TEXT); CREATE TABLE b(z "
              "TEXT);",
              "SELECT * FROM \"a\n; DROP TABLE b; --\"; SELECT * FROM b", "1|\nkept\n"},
        Shape{"MoveByDecidedKeys",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, card TEXT UNIQUE, phone TEXT);"
              "CREATE TABLE card(number TEXT PRIMARY KEY, kind TEXT);"
              "INSERT INTO person VALUES (1, 'c1', '11'), (2, 'c2', NULL), (3, 'c3', '33');"
              "INSERT INTO card VALUES ('c1', 'red'), ('c2', 'blue');",
              "CREATE TABLE person(id INTEGER PRIMARY KEY, card TEXT UNIQUE);"
              "CREATE TABLE card(number TEXT PRIMARY KEY, kind TEXT, phone TEXT)",
              "SELECT * FROM card ORDER BY number", "c1|red|11\nc2|blue|\nc3||33\n",
              "moved_columns = { \"person.phone\" = \"card.phone\" }\nkeys = { \"card.number\" = "
              "\"person.card\" }"},
        Shape{"DecidedLookup",
              "CREATE TABLE make(id INTEGER PRIMARY KEY, code TEXT, title TEXT);"
              "CREATE TABLE car(id INTEGER PRIMARY KEY, m INTEGER REFERENCES make(id));"
              "INSERT INTO make VALUES (1, 'V', 'Volvo'); INSERT INTO car VALUES (1, 1), (2, NULL);",
              "CREATE TABLE car(id INTEGER PRIMARY KEY, maker TEXT)", "SELECT * FROM car", "1|Volvo\n2|\n",
              "lookups = { \"car.m\" = \"car.maker\" }\nlabels = { make = \"title\" }\ndropped_columns = "
              "[\"make.code\"]"},
        Shape{"NothingInCommon", "CREATE TABLE a(x TEXT, y TEXT);",
              "CREATE TABLE q(k INTEGER PRIMARY KEY, v BLOB)", "SELECT count(*) FROM q", "0\n"}),
    [](const auto& information) { return information.param.name; });

} // namespace
} // namespace lockstep
