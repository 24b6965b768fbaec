#include "payload/schema_reader.h"

#include "payload/schema_text.h"
#include "payload/sql_text.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

constexpr std::string_view content_suffix = "_content";

} // namespace

SchemaReader::SchemaReader(Database& database, std::string schema)
    : database_(database), schema_(std::move(schema)),
      columns_(database.prepare(
          R"(SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?, ?))")),
      indexes_(database.prepare(R"(SELECT name, "unique", origin, partial FROM pragma_index_list(?, ?))")),
      parts_(database.prepare(
          R"(SELECT cid, name, coll, "desc" FROM pragma_index_xinfo(?, ?) WHERE key ORDER BY seqno)")),
      foreign_keys_(database.prepare(R"(SELECT id, "table", "from", "to", on_update, on_delete
                                        FROM pragma_foreign_key_list(?, ?) ORDER BY id DESC, seq)")) {}

std::vector<SchemaObject> SchemaReader::objects() {
    std::vector<SchemaObject> all;
    Statement rows = database_.prepare("SELECT type, name, tbl_name, sql FROM " + quoted_name(schema_) +
                                       ".sqlite_schema ORDER BY type, name");
    while (rows.step()) all.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3)});
    return all;
}

std::map<std::string, SchemaTableKind> SchemaReader::table_kinds() {
    std::map<std::string, SchemaTableKind> kinds;
    Statement rows = database_.prepare("PRAGMA " + quoted_name(schema_) + ".table_list");
    while (rows.step())
        kinds[ascii_lower(rows.text(1))] = {rows.text(2), rows.integer(4) != 0, rows.integer(5) != 0, false};
    for (const SchemaObject& object : objects()) {
        if (object.type != "table" || !content_of(object.sql)) continue;
        const auto kind = kinds.find(ascii_lower(object.name));
        if (kind == kinds.end() || kind->second.type != "virtual") continue;
        kind->second.content_elsewhere = true;
        release_content_table(kinds, kind->first);
    }
    return kinds;
}

// SQLite goes by the name alone. A full-text table that is told where its content is makes no table for it:
// what has that name is the application's own.
void SchemaReader::release_content_table(std::map<std::string, SchemaTableKind>& kinds,
                                         const std::string& virtual_table) {
    const auto content = kinds.find(virtual_table + std::string(content_suffix));
    if (content != kinds.end() && content->second.type == "shadow") content->second.type = "table";
}

std::vector<SchemaColumn> SchemaReader::columns(const std::string& table) {
    std::vector<SchemaColumn> all;
    columns_.reset();
    columns_.bind(1, table).bind(2, schema_);
    while (columns_.step()) {
        SchemaColumn column;
        column.name = columns_.text(0);
        column.type = columns_.text(1);
        column.not_null = columns_.integer(2) != 0;
        if (!columns_.is_null(3)) column.default_value = columns_.text(3);
        column.key_position = static_cast<int>(columns_.integer(4));
        column.hidden = static_cast<int>(columns_.integer(5));
        read_metadata(table, column);
        all.push_back(std::move(column));
    }
    return all;
}

void SchemaReader::read_metadata(const std::string& table, SchemaColumn& column) {
    const char* collation = nullptr;
    int autoincrement = 0;
    if (sqlite3_table_column_metadata(database_.handle(), schema_.c_str(), table.c_str(), column.name.c_str(),
                                      nullptr, &collation, nullptr, nullptr, &autoincrement) != SQLITE_OK)
        throw sqlite_error(database_.handle(), database_.failure(), "read the schema of",
                           table + "." + column.name);
    column.collation = collation ? collation : "";
    column.autoincrement = autoincrement != 0;
}

std::vector<SchemaIndex> SchemaReader::indexes(const std::string& table) {
    std::vector<SchemaIndex> all;
    indexes_.reset();
    indexes_.bind(1, table).bind(2, schema_);
    while (indexes_.step())
        all.push_back({indexes_.text(0), indexes_.integer(1) != 0, indexes_.text(2), indexes_.integer(3) != 0,
                       parts(indexes_.text(0))});
    return all;
}

std::vector<IndexPart> SchemaReader::parts(const std::string& index) {
    std::vector<IndexPart> all;
    parts_.reset();
    parts_.bind(1, index).bind(2, schema_);
    while (parts_.step()) {
        IndexPart part{std::nullopt, parts_.text(2), parts_.integer(3) != 0};
        constexpr int rowid = -1; // what index_xinfo says for the rowid; -2 is an expression
        if (!parts_.is_null(1))
            part.column = parts_.text(1);
        else if (parts_.integer(0) == rowid)
            part.column = "rowid";
        all.push_back(std::move(part));
    }
    return all;
}

std::vector<SchemaForeignKey> SchemaReader::foreign_keys(const std::string& table) {
    std::vector<SchemaForeignKey> all;
    foreign_keys_.reset();
    foreign_keys_.bind(1, table).bind(2, schema_);
    while (foreign_keys_.step()) {
        const int id = static_cast<int>(foreign_keys_.integer(0));
        if (all.empty() || all.back().id != id)
            all.push_back({id, foreign_keys_.text(1), {}, {}, foreign_keys_.text(4), foreign_keys_.text(5)});
        all.back().from.push_back(foreign_keys_.text(2));
        if (!foreign_keys_.is_null(3)) all.back().to.push_back(foreign_keys_.text(3));
    }
    return all;
}

} // namespace lockstep
