// What the text of a virtual table says of its rows: https://sqlite.org/fts5.html,
// https://sqlite.org/rtree.html
#pragma once

#include "packaging/database_schema.h"
#include "payload/sqlite.h"

#include <optional>
#include <string>
#include <vector>

namespace lockstep {

bool is_full_text(const TableSchema& table);
bool is_rtree(const TableSchema& table);

// FTS: content="table", the rows of another table; content="", none. Nothing where it keeps its own.
std::optional<std::string> content_table(const TableSchema& table);

// Whether rows can be put into it and read from it again, as they can with an ordinary table.
bool keeps_rows(const TableSchema& table);
// Whether its rows can be read: its own, or those of the table whose index it is.
bool can_read_rows(const TableSchema& table);
// An index of text that is kept nowhere in the database: it can neither be read nor made again.
bool is_contentless(const TableSchema& table);
// Whether the first has something that the second can't be given.
bool loses_rows(const TableSchema& older, const TableSchema& newer);

// An R-tree's columns without those that hold anything else (+label): they are known by their place.
std::vector<SchemaColumn> coordinates(const TableSchema& table);

// Adds the columns of each virtual table, as its module names them. Throws Error where the module is missing.
void read_virtual_columns(Database& database, DatabaseSchema& schema);

} // namespace lockstep
