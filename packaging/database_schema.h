// A database's schema as a whole, for comparing two of them. Names are as they are stored; keys of maps, and
// names that are looked up, are in lower case.
#pragma once

#include "payload/schema_reader.h"
#include "payload/schema_text.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct TableSchema {
    std::string name;
    std::string sql;
    SchemaTableKind kind;
    TableText text;
    std::vector<SchemaColumn> columns; // of a virtual table none: its module may be missing here
    std::vector<SchemaIndex> indexes;
    std::vector<SchemaForeignKey> foreign_keys; // each with the columns that it refers to

    bool is_virtual() const { return kind.type == "virtual"; }
    const SchemaColumn* column(std::string_view column_name) const; // any case; nullptr where there is none
    std::vector<std::string> key() const;                           // the primary key's columns, in order
    // The INTEGER PRIMARY KEY that is another name for the rowid; empty where there is none.
    std::string rowid_column() const;
    // The foreign key that this column alone makes; nullptr where there is none.
    const SchemaForeignKey* reference(std::string_view column_name) const;
};

struct DatabaseSchema {
    std::string schema;                          // the connection's name for the database
    std::map<std::string, TableSchema> tables;   // without SQLite's own and shadow tables
    std::map<std::string, SchemaObject> indexes; // by CREATE INDEX
    std::map<std::string, SchemaObject> triggers;
    std::map<std::string, SchemaObject> views;
    std::int64_t user_version = 0;
    std::int64_t application_id = 0;

    const TableSchema* table(std::string_view table_name) const; // any case; nullptr where there is none
};

DatabaseSchema read_database_schema(Database& database, const std::string& schema);

// A table's column, or a table where `column` is empty. Names as they are stored.
struct SchemaPlace {
    std::string table;
    std::string column;
    bool operator==(const SchemaPlace&) const = default;
};

// t.c, or t where there is no column: for people.
std::string dotted(const std::string& table, const std::string& column);
std::string dotted(const SchemaPlace& place);

} // namespace lockstep
