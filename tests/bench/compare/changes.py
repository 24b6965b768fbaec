"""The changes that every tool is asked for: a database with its rows, the schema wanted, and what must hold after."""

# Each probe is SQL that gives 1 where nothing was lost. A probe that fails counts as lost too.
RETYPE = {
    "title": "One column of each table gets another type",
    "old": """
        CREATE TABLE log(id INTEGER PRIMARY KEY, what TEXT);
        CREATE TABLE item(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE, size VARCHAR(9) CHECK (size <> ''),
                          CHECK (length(name) > 1));
        INSERT INTO item(id, name, size) VALUES (1, 'Ana', 'x'), (2, 'Søby', 'y'), (9, 'Gone', 'z');
        DELETE FROM item WHERE id = 9;
        CREATE INDEX item_lower ON item(lower(name));
        CREATE INDEX item_some ON item(name) WHERE size = 'x';
        CREATE TRIGGER item_gone AFTER DELETE ON item BEGIN INSERT INTO log(what) VALUES (old.name); END;
        CREATE TABLE pair(a TEXT, b VARCHAR(9), PRIMARY KEY(a, b)) WITHOUT ROWID;
        INSERT INTO pair VALUES ('x', 'y');
    """,
    "new": [("size VARCHAR(9)", "size TEXT"), ("b VARCHAR(9)", "b TEXT")],
    "columns": [("item", "size", "text"), ("pair", "b", "text")],
    "probes": {
        "the new type of item.size": "SELECT type = 'TEXT' FROM pragma_table_xinfo('item') WHERE name = 'size'",
        "the new type of pair.b": "SELECT type = 'TEXT' FROM pragma_table_xinfo('pair') WHERE name = 'b'",
        "rows": "SELECT (SELECT group_concat(id || name || size) FROM item) = '1Anax,2Søbyy'"
                " AND (SELECT a || b FROM pair) = 'xy'",
        "a trigger": "SELECT count(*) = 1 FROM sqlite_schema WHERE type = 'trigger'",
        "a column's CHECK": "SELECT sql LIKE '%CHECK%size <> ''''%' FROM sqlite_schema WHERE name = 'item'",
        "a table's CHECK": "SELECT sql LIKE '%length(name) > 1%' FROM sqlite_schema WHERE name = 'item'",
        "COLLATE NOCASE": "SELECT count(*) = 1 FROM item WHERE name = 'ANA'",
        "AUTOINCREMENT": "SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE name = 'item'",
        "the mark of ids given out": "SELECT seq = 9 FROM sqlite_sequence WHERE name = 'item'",
        "an expression index": "SELECT count(*) = 1 FROM sqlite_schema WHERE sql LIKE '%item(lower(name))%'",
        "a partial index": "SELECT partial = 1 FROM pragma_index_list('item') WHERE name = 'item_some'",
        "WITHOUT ROWID": "SELECT wr = 1 FROM pragma_table_list WHERE name = 'pair'",
    },
}

MODERN = {
    "title": "A column of a STRICT table with a generated column gets another type",
    "old": """
        CREATE TABLE exact(id INTEGER PRIMARY KEY, n INTEGER, note TEXT,
                           twice TEXT GENERATED ALWAYS AS (note || note) VIRTUAL) STRICT;
        INSERT INTO exact(id, n, note) VALUES (1, 5, 'x');
    """,
    "new": [("n INTEGER", "n TEXT")],
    "columns": [("exact", "n", "text")],
    "probes": {
        "the new type": "SELECT type = 'TEXT' FROM pragma_table_xinfo('exact') WHERE name = 'n'",
        "rows": "SELECT n || note = '5x' FROM exact",
        "a generated column": "SELECT hidden = 2 FROM pragma_table_xinfo('exact') WHERE name = 'twice'",
        "STRICT": "SELECT strict = 1 FROM pragma_table_list WHERE name = 'exact'",
    },
}

VIEW = {
    "title": "A column of a table that a view reads gets another type",
    "old": """
        CREATE TABLE item(id INTEGER PRIMARY KEY, size VARCHAR(9));
        INSERT INTO item VALUES (1, 'x');
        CREATE VIEW items AS SELECT size FROM item;
    """,
    "new": [("size VARCHAR(9)", "size TEXT")],
    "columns": [("item", "size", "text")],
    "probes": {
        "the new type": "SELECT type = 'TEXT' FROM pragma_table_xinfo('item') WHERE name = 'size'",
        "the view": "SELECT count(*) = 1 FROM items",
    },
}

RENAME = {
    "title": "A column and a table have other names in the new schema",
    "old": """
        CREATE TABLE visit(id INTEGER PRIMARY KEY, datetime TEXT, place TEXT);
        INSERT INTO visit VALUES (1, '2010-01-14', 'Valsør'), (2, '2010-01-15', 'Ñandú'), (3, NULL, 'Kirkeby');
        CREATE TABLE req_item(id INTEGER PRIMARY KEY, quantity REAL, comment TEXT);
        INSERT INTO req_item VALUES (1, 2.5, 'tents');
    """,
    "new": [("datetime TEXT", "date_time TEXT"), ("req_item", "inv_item")],
    "probes": {
        "the renamed column's values": "SELECT group_concat(date_time) = '2010-01-14,2010-01-15' FROM visit",
        "the renamed table's rows": "SELECT comment = 'tents' FROM inv_item",
        "the other rows": "SELECT count(*) = 3 FROM visit",
    },
}

IMPOSSIBLE = {
    "title": "Text becomes a number, and one text is none: '01/14/10 1'",
    "old": """
        CREATE TABLE visit(id INTEGER PRIMARY KEY, stamp TEXT);
        INSERT INTO visit VALUES (1, '1263461400'), (2, '01/14/10 1'), (3, '1263461500');
    """,
    "new": [("stamp TEXT", "stamp INTEGER")],
    "columns": [("visit", "stamp", "integer")],
    "probes": {"the value that is no number": "SELECT stamp = '01/14/10 1' FROM visit WHERE id = 2"},
}

PARENT = {
    "title": "A table that others refer to gets another type, with foreign keys on",
    "old": """
        CREATE TABLE place(id INTEGER PRIMARY KEY, name VARCHAR(9));
        CREATE TABLE person(id INTEGER PRIMARY KEY, place_id INTEGER REFERENCES place(id) ON DELETE CASCADE);
        INSERT INTO place VALUES (1, 'Valsør'), (2, 'Ñandú');
        INSERT INTO person VALUES (1, 1), (2, 2), (3, 2);
    """,
    "new": [("name VARCHAR(9)", "name TEXT")],
    "columns": [("place", "name", "text")],
    "probes": {"rows that refer to it": "SELECT count(*) = 3 FROM person",
               "its own rows": "SELECT count(*) = 2 FROM place"},
}

# The third step fails on the second row; then the row is repaired and the same change is tried again.
FAILING = {
    "title": "The last of three steps fails on a row",
    "old": """
        CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT);
        INSERT INTO person VALUES (1, 'Ana'), (2, NULL);
    """,
    "steps": ["ALTER TABLE person ADD COLUMN status TEXT DEFAULT 'active'",
              "CREATE TABLE named(id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
              "INSERT INTO named SELECT id, name FROM person"],
    "repair": "UPDATE person SET name = 'Ole' WHERE name IS NULL",
    "after": "SELECT count(*) = 2 FROM named",
}
