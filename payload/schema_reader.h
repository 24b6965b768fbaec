// Reads what a database says of its schema, by PRAGMAs and sqlite_schema. Names are as they are stored.
#pragma once

#include "payload/sqlite.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// A row of sqlite_schema.
struct SchemaObject {
    std::string type; // table, index, trigger, view
    std::string name;
    std::string table;
    std::string sql; // empty for an automatic index
};

struct SchemaColumn {
    std::string name;
    std::string type;
    bool not_null = false;
    std::optional<std::string> default_value;
    int key_position = 0; // in the primary key, from 1
    int hidden = 0; // 0 ordinary, 1 hidden, 2 virtual and 3 stored generated: https://sqlite.org/pragma.html
    std::string collation;
    bool autoincrement = false;
};

struct IndexPart {
    std::optional<std::string> column; // nothing for an expression
    std::string collation;
    bool descending = false;
};

struct SchemaIndex {
    std::string name;
    bool unique = false;
    std::string origin; // c: CREATE INDEX, u: UNIQUE, pk: PRIMARY KEY
    bool partial = false;
    std::vector<IndexPart> parts;
};

struct SchemaForeignKey {
    int id = 0; // counts from 0, from the last one in the text to the first
    std::string parent;
    std::vector<std::string> from;
    std::vector<std::string> to; // empty: the parent's primary key
    std::string on_update;
    std::string on_delete;
};

// What kind each table is; shadow tables belong to a virtual one.
struct SchemaTableKind {
    std::string type; // table, view, virtual, shadow
    bool without_rowid = false;
    bool strict = false;
    bool content_elsewhere = false; // a full-text table that only indexes it
};

class SchemaReader {
  public:
    // `schema` is the connection's name for the database.
    SchemaReader(Database& database, std::string schema);

    std::vector<SchemaObject> objects();
    std::map<std::string, SchemaTableKind> table_kinds(); // by name in lower case
    std::vector<SchemaColumn> columns(const std::string& table);
    std::vector<SchemaIndex> indexes(const std::string& table);
    std::vector<SchemaForeignKey> foreign_keys(const std::string& table); // in the order of the text

  private:
    static void release_content_table(std::map<std::string, SchemaTableKind>& kinds,
                                      const std::string& virtual_table);
    void read_metadata(const std::string& table, SchemaColumn& column);
    std::vector<IndexPart> parts(const std::string& index);

    Database& database_;
    std::string schema_;
    Statement columns_;
    Statement indexes_;
    Statement parts_;
    Statement foreign_keys_;
};

} // namespace lockstep
