#include "payload/table_info.h"

#include "payload/schema_reader.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <map>

namespace lockstep {
namespace {

char lower_letter(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void read_columns(Database& database, TableInfo& table) {
    // hidden: 2 and 3 are generated columns, https://sqlite.org/pragma.html#pragma_table_xinfo
    Statement row =
        database.prepare("SELECT name, hidden, \"notnull\" FROM pragma_table_xinfo(?, ?) ORDER BY cid");
    row.bind(1, table.name).bind(2, table.schema);
    while (row.step()) table.columns.push_back({row.text(0), row.integer(1) >= 2, row.integer(2) != 0});
}

// The hidden ones are commands and ranks. Where the module is missing here nothing can be read, which the
// loss ledger says when it counts the rows.
void read_virtual_columns(Database& database, TableInfo& table, bool has_rowid) try {
    Statement row =
        database.prepare("SELECT name FROM pragma_table_xinfo(?, ?) WHERE hidden = 0 ORDER BY cid");
    row.bind(1, table.name).bind(2, table.schema);
    while (row.step()) table.columns.push_back({row.text(0), false, false});
    if (!has_rowid || table.column("rowid")) return;
    table.columns.push_back({"rowid", false, true});
    table.keys.push_back({{"rowid"}, {"BINARY"}, true, true});
} catch (const Error& error) {
    if (error.code() != database.failure()) throw;
    table.columns.clear();
}

// The primary key that is the rowid has no index of its own, so that it isn't in pragma_index_list.
void read_rowid_key(Database& database, TableInfo& table) {
    Statement row =
        database.prepare("SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE pk > 0 AND NOT EXISTS "
                         "(SELECT 1 FROM pragma_index_list(?1, ?2) WHERE origin = 'pk')");
    row.bind(1, table.name).bind(2, table.schema);
    if (row.step()) table.keys.push_back({{row.text(0)}, {"BINARY"}, true, true});
}

void read_unique_indexes(Database& database, TableInfo& table) {
    Statement row = database.prepare(
        "SELECT list.name, info.name, info.coll, list.origin = 'pk' "
        "FROM pragma_index_list(?1, ?2) AS list JOIN pragma_index_xinfo(list.name, ?2) AS info "
        "WHERE list.\"unique\" AND NOT list.partial AND info.key "
        "AND NOT EXISTS (SELECT 1 FROM pragma_index_xinfo(list.name, ?2) AS part WHERE part.key AND part.cid "
        "= -2) "
        "ORDER BY list.origin = 'pk' DESC, list.seq DESC, info.seqno");
    row.bind(1, table.name).bind(2, table.schema);
    std::string index;
    while (row.step()) {
        if (index != row.text(0)) {
            index = row.text(0);
            table.keys.push_back({{}, {}, row.integer(3) != 0, false});
        }
        table.keys.back().columns.push_back(row.text(1));
        table.keys.back().collations.push_back(row.text(2));
    }
}

void read_foreign_keys(Database& database, TableInfo& table) {
    // SQLite numbers the last declared foreign key 0.
    Statement row =
        database.prepare("SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?, ?) "
                         "ORDER BY id DESC, seq");
    row.bind(1, table.name).bind(2, table.schema);
    std::int64_t last = -1;
    while (row.step()) {
        if (row.integer(0) != last) table.foreign_keys.push_back({row.text(1), {}, {}});
        last = row.integer(0);
        table.foreign_keys.back().columns.push_back(row.text(2));
        if (!row.is_null(3)) table.foreign_keys.back().referred.push_back(row.text(3));
    }
}

} // namespace

std::string lower_case(std::string_view name) {
    std::string text(name);
    std::transform(text.begin(), text.end(), text.begin(), lower_letter);
    return text;
}

bool same_name(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower_letter(a) == lower_letter(b); });
}

const ColumnInfo* TableInfo::column(std::string_view column_name) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const ColumnInfo& one) { return same_name(one.name, column_name); });
    return found == columns.end() ? nullptr : &*found;
}

std::string TableInfo::sql() const {
    return quoted_name(schema) + "." + quoted_name(name);
}

std::vector<TableInfo> read_tables(Database& database, const std::string& database_name,
                                   const std::string& schema) {
    std::vector<TableInfo> tables;
    const auto kinds = SchemaReader(database, schema).table_kinds();
    Statement row = database.prepare("SELECT name, rootpage FROM " + quoted_name(schema) +
                                     ".sqlite_schema WHERE type = 'table' "
                                     "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
    while (row.step()) {
        const auto kind = kinds.find(ascii_lower(row.text(0)));
        if (kind != kinds.end() && (kind->second.type == "table" || kind->second.type == "virtual"))
            tables.push_back({database_name,
                              schema,
                              row.text(0),
                              kind->second.type == "virtual",
                              kind->second.content_elsewhere,
                              row.integer(1),
                              {},
                              {},
                              {}});
    }
    for (TableInfo& table : tables) {
        const SchemaTableKind& kind = kinds.at(ascii_lower(table.name));
        if (table.is_virtual) {
            read_virtual_columns(database, table, !kind.without_rowid);
            continue;
        }
        read_columns(database, table);
        read_rowid_key(database, table);
        read_unique_indexes(database, table);
        read_foreign_keys(database, table);
    }
    return tables;
}

} // namespace lockstep
