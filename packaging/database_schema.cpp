#include "packaging/database_schema.h"

#include "payload/sql_text.h"

#include <algorithm>

namespace lockstep {
namespace {

template <typename Object>
const Object* found_in(const std::map<std::string, Object>& all, std::string_view name) {
    const auto found = all.find(ascii_lower(name));
    return found == all.end() ? nullptr : &found->second;
}

TableSchema read_table(SchemaReader& reader, const SchemaObject& object, const SchemaTableKind& kind) {
    TableSchema table{object.name, object.sql, kind, {}, {}, {}, {}};
    if (table.is_virtual()) return table;
    table.text = read_table_text(object.sql);
    table.columns = reader.columns(object.name);
    table.indexes = reader.indexes(object.name);
    table.foreign_keys = reader.foreign_keys(object.name);
    return table;
}

// A foreign key that names no columns refers to the other table's primary key.
void complete_foreign_keys(DatabaseSchema& all) {
    for (auto& [name, table] : all.tables)
        for (SchemaForeignKey& key : table.foreign_keys)
            if (const TableSchema* parent = key.to.empty() ? all.table(key.parent) : nullptr)
                key.to = parent->key();
}

} // namespace

const SchemaColumn* TableSchema::column(std::string_view column_name) const {
    const std::string lower = ascii_lower(column_name);
    const auto found = std::ranges::find_if(
        columns, [&](const SchemaColumn& one) { return ascii_lower(one.name) == lower; });
    return found == columns.end() ? nullptr : &*found;
}

std::vector<std::string> TableSchema::key() const {
    std::vector<std::pair<int, std::string>> placed;
    for (const SchemaColumn& one : columns)
        if (one.key_position > 0) placed.emplace_back(one.key_position, one.name);
    std::ranges::sort(placed);
    std::vector<std::string> names;
    names.reserve(placed.size());
    for (const auto& [position, name_of_column] : placed) names.push_back(name_of_column);
    return names;
}

std::string TableSchema::rowid_column() const {
    const std::vector<std::string> names = key();
    const bool indexed =
        std::ranges::any_of(indexes, [](const SchemaIndex& one) { return one.origin == "pk"; });
    return names.size() == 1 && !indexed && !kind.without_rowid ? names[0] : "";
}

const SchemaForeignKey* TableSchema::reference(std::string_view column_name) const {
    const std::string lower = ascii_lower(column_name);
    for (const SchemaForeignKey& one : foreign_keys)
        if (one.from.size() == 1 && ascii_lower(one.from[0]) == lower) return &one;
    return nullptr;
}

const TableSchema* DatabaseSchema::table(std::string_view table_name) const {
    return found_in(tables, table_name);
}

DatabaseSchema read_database_schema(Database& database, const std::string& schema) {
    DatabaseSchema all;
    all.schema = schema;
    SchemaReader reader(database, schema);
    std::map<std::string, SchemaTableKind> kinds = reader.table_kinds();
    for (SchemaObject& object : reader.objects()) {
        const std::string name = ascii_lower(object.name);
        const SchemaTableKind& owner = kinds[ascii_lower(object.table)];
        if (ascii_lower(object.table).starts_with("sqlite_") || owner.type == "shadow") continue;
        if (object.type == "table") all.tables[name] = read_table(reader, object, owner);
        if (object.type == "trigger")
            all.triggers[name] = std::move(object);
        else if (object.type == "view")
            all.views[name] = std::move(object);
        else if (object.type == "index" && !object.sql.empty())
            all.indexes[name] = std::move(object);
    }
    complete_foreign_keys(all);
    const std::string pragma = "PRAGMA " + quoted_name(schema) + ".";
    all.user_version = database.integer(pragma + "user_version").value_or(0);
    all.application_id = database.integer(pragma + "application_id").value_or(0);
    return all;
}

std::string dotted(const std::string& table, const std::string& column) {
    return column.empty() ? table : table + "." + column;
}

std::string dotted(const SchemaPlace& place) {
    return dotted(place.table, place.column);
}

} // namespace lockstep
