// What a CREATE statement says that no PRAGMA tells. The text is SQLite's own, from sqlite_schema.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Names are in lower case, expressions normalised (payload/sql_text.h), lists sorted where order means
// nothing.
struct TableText {
    std::vector<std::string> checks;              // of columns and of the table alike
    std::vector<std::string> written_checks;      // the same as they are written, in the order of the text
    std::map<std::string, std::string> generated; // column -> expression
    std::vector<bool> deferred;         // INITIALLY DEFERRED, for each foreign key in the order of the text
    std::vector<std::string> conflicts; // "unique (a, b) on conflict replace"; ABORT is what nothing means
};
TableText read_table_text(std::string_view create_table);

struct IndexText {
    std::vector<std::string> parts; // each column or expression, without COLLATE, ASC and DESC
    std::string where;
};
IndexText read_index_text(std::string_view create_index);

// "CREATE VIRTUAL TABLE x USING fts5(…)": the module in lower case; empty for any other statement.
std::string module_of(std::string_view create_virtual_table);

// FTS: content="table", the rows of another table; content="", none. Nothing where it keeps its own. FTS5
// takes any beginning of the word: https://sqlite.org/fts5.html#external_content_tables
std::optional<std::string> content_of(std::string_view create_virtual_table);

// A DEFAULT's value: 5 and (5) are the same, and so are 'x', "x" and x.
std::string read_default(std::string_view value);

} // namespace lockstep
