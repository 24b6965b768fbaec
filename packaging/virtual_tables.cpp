#include "packaging/virtual_tables.h"

#include "payload/schema_text.h"
#include "payload/sql_text.h"

#include <algorithm>

namespace lockstep {
bool is_full_text(const TableSchema& table) {
    const std::string module = module_of(table.sql);
    return module == "fts3" || module == "fts4" || module == "fts5";
}

bool is_rtree(const TableSchema& table) {
    const std::string module = module_of(table.sql);
    return module == "rtree" || module == "rtree_i32";
}

std::optional<std::string> content_table(const TableSchema& table) {
    return content_of(table.sql);
}

bool keeps_rows(const TableSchema& table) {
    if (!table.is_virtual() || is_rtree(table) || module_of(table.sql) == "geopoly") return true;
    return is_full_text(table) && !content_table(table);
}

bool can_read_rows(const TableSchema& table) {
    return keeps_rows(table) || (is_full_text(table) && !is_contentless(table));
}

bool is_contentless(const TableSchema& table) {
    const std::optional<std::string> content = content_table(table);
    return is_full_text(table) && content && content->empty();
}

bool loses_rows(const TableSchema& older, const TableSchema& newer) {
    return is_contentless(older) || (keeps_rows(older) && !keeps_rows(newer));
}

std::vector<SchemaColumn> coordinates(const TableSchema& table) {
    if (!is_rtree(table)) return {};
    const std::vector<SqlToken> tokens = tokens_of(table.sql);
    const auto others = std::ranges::count_if(tokens, [](const SqlToken& one) { return is_sign(one, "+"); });
    const auto all = static_cast<std::ptrdiff_t>(table.columns.size());
    return {table.columns.begin(), table.columns.end() - std::min(all, others)};
}

void read_virtual_columns(Database& database, DatabaseSchema& schema) {
    SchemaReader reader(database, schema.schema);
    for (auto& [name, table] : schema.tables) {
        if (!table.is_virtual()) continue;
        table.columns = reader.columns(table.name);
        std::erase_if(table.columns, [](const SchemaColumn& one) { return one.hidden != 0; });
    }
}

} // namespace lockstep
