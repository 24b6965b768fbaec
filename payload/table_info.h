// What a database holds, as SQLite's own pragmas tell it: tables with their columns, keys and foreign keys.
#pragma once

#include "payload/sqlite.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Names are compared as SQLite compares them: without regard to the case of ASCII letters.
std::string lower_case(std::string_view name);
bool same_name(std::string_view left, std::string_view right);

struct ColumnInfo {
    std::string name;
    bool generated = false; // computed from other columns, so it holds nothing of its own
    bool not_null = false;
};

// Columns of which no two rows have the same values, each with the collation that decides "the same".
struct KeyInfo {
    std::vector<std::string> columns;
    std::vector<std::string> collations;
    bool primary = false;
    bool rowid = false; // INTEGER PRIMARY KEY
};

struct ForeignKeyInfo {
    std::string table; // the one it refers to
    std::vector<std::string> columns;
    std::vector<std::string> referred; // empty: the other table's primary key
};

struct TableInfo {
    std::string database; // the release's name for it
    std::string schema;   // the connection's name for it
    std::string name;
    bool is_virtual = false;
    bool content_elsewhere =
        false;                  // a full-text table that only indexes it: what it shows are others' values
    std::int64_t root_page = 0; // of the table's tree in its file
    std::vector<ColumnInfo> columns;
    std::vector<KeyInfo> keys; // the primary key first; neither partial indexes nor those on expressions
    std::vector<ForeignKeyInfo> foreign_keys; // in the order in which they were declared

    // A virtual table whose module is missing here has no columns.
    bool holds_values() const { return !is_virtual || (!columns.empty() && !content_elsewhere); }
    const ColumnInfo* column(std::string_view column_name) const; // nullptr where there is none
    std::string sql() const;                                      // "schema"."name"
};

// Every table but SQLite's own (sqlite_*), shadow tables of virtual tables, and views. A virtual table has
// its rowid as its last column, which is its key.
std::vector<TableInfo> read_tables(Database& database, const std::string& database_name,
                                   const std::string& schema);

} // namespace lockstep
