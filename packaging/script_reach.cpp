#include "packaging/script_reach.h"

#include "payload/sql_text.h"

#include <algorithm>
#include <vector>

namespace lockstep {
namespace {

// SQLite takes 'name' for a name, too, where only a name can stand.
void add_names(const std::string& sql, std::set<std::string>& names) {
    for (const SqlToken& token : tokens_of(sql))
        if (token.kind == SqlKind::word || token.kind == SqlKind::quoted_name ||
            token.kind == SqlKind::string)
            names.insert(ascii_lower(unquoted(token)));
}

bool is_same(const std::string& name, const TableSchema& table, const DatabaseSchema& newer) {
    const TableSchema* now = newer.table(name);
    return now && now->sql == table.sql;
}

bool refers_to_any(const TableSchema& table, const std::set<std::string>& names) {
    return std::ranges::any_of(table.foreign_keys, [&](const SchemaForeignKey& key) {
        return names.contains(ascii_lower(key.parent));
    });
}

// A reference without columns means its parent's key.
void add_with_parents(const DatabaseSchema& schema, const std::string& name, std::set<std::string>& reached) {
    std::vector<std::string> waiting{name};
    while (!waiting.empty()) {
        const std::string next = waiting.back();
        waiting.pop_back();
        const TableSchema* table = schema.table(next);
        if (!table || !reached.insert(next).second) continue;
        for (const SchemaForeignKey& key : table->foreign_keys) waiting.push_back(ascii_lower(key.parent));
    }
}

} // namespace

DatabaseSchema reach_of(const std::string& script, const DatabaseSchema& older, const DatabaseSchema& newer) {
    std::set<std::string> by_script;
    add_names(script, by_script);
    std::set<std::string> named = by_script;
    for (const auto* objects : {&older.triggers, &older.views})
        for (const auto& [name, object] : *objects) {
            add_names(object.sql, named);
            named.insert(ascii_lower(object.table));
        }
    for (const auto& [name, index] : older.indexes)
        if (by_script.contains(name) || !newer.indexes.contains(name) ||
            newer.indexes.at(name).sql != index.sql)
            named.insert(ascii_lower(index.table));
    for (const auto& [name, index] : newer.indexes)
        if (!older.indexes.contains(name)) named.insert(ascii_lower(index.table));

    for (const auto& [name, table] : older.tables)
        if (table.is_virtual()) add_names(table.sql, named); // FTS5 may keep its content in a table
    std::set<std::string> reached;
    for (const auto& [name, table] : older.tables)
        if (named.contains(name) || table.is_virtual() || !is_same(name, table, newer) ||
            refers_to_any(table, by_script))
            add_with_parents(older, name, reached);
    DatabaseSchema part = older;
    std::erase_if(part.tables, [&](const auto& entry) { return !reached.contains(entry.first); });
    std::erase_if(part.indexes, [&](const auto& entry) { return !part.table(entry.second.table); });
    return part;
}

std::set<std::string> left_out(const DatabaseSchema& part, const DatabaseSchema& whole) {
    std::set<std::string> names;
    for (const auto& [name, table] : whole.tables)
        if (!part.tables.contains(name)) names.insert("table " + name);
    for (const auto& [name, index] : whole.indexes)
        if (!part.indexes.contains(name)) names.insert("index " + name);
    return names;
}

} // namespace lockstep
