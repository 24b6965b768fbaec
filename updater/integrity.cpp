#include "updater/integrity.h"

#include "payload/schema_text.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sqlite3.h>

namespace lockstep {
namespace {

// https://sqlite.org/fts5.html section 6.4, https://sqlite.org/fts3.html section 6: the check is an INSERT of
// a command. https://sqlite.org/rtree.html section 4.1: a function.
std::string check_of(const std::string& module, const std::string& schema, const std::string& table) {
    if (module == "fts5" || module == "fts4" || module == "fts3")
        return "INSERT INTO " + quoted_name(schema) + "." + quoted_name(table) + "(" + quoted_name(table) +
               ") VALUES('integrity-check')";
    if (module == "rtree" || module == "rtree_i32" || module == "geopoly")
        return "SELECT rtreecheck(" + quoted_text(schema) + "," + quoted_text(table) + ")";
    return {};
}

using Counts = std::map<std::string, std::int64_t>;

Counts broken_references(Database& database, const std::string& schema) {
    Counts counts;
    if (schema.empty()) return counts;
    Statement rows = database.prepare("PRAGMA " + quoted_name(schema) + ".foreign_key_check");
    while (rows.step()) ++counts[rows.text(0)];
    return counts;
}

bool has_table(Database& database, const std::string& schema, const std::string& table) {
    return !database
                .texts("SELECT name FROM " + quoted_name(schema) +
                       ".sqlite_schema WHERE type='table' AND lower(name)=" + quoted_text(ascii_lower(table)))
                .empty();
}

// Those of tables that are gone: they may be another table's now, by a rename or a merge.
std::int64_t broken_in_tables_that_went(Database& database, const std::string& schema, const Counts& before) {
    std::int64_t sum = 0;
    for (const auto& [table, count] : before)
        if (!has_table(database, schema, table)) sum += count;
    return sum;
}

std::int64_t count_of(const Counts& counts, const std::string& table) {
    std::int64_t sum = 0; // SQLite compares names without regard to case
    for (const auto& [name, count] : counts)
        if (ascii_lower(name) == ascii_lower(table)) sum += count;
    return sum;
}

// What integrity_check says where a page can't be read. A disk that fails is no damage of the database.
void require_readable(const Database& database, const std::string& line) {
    constexpr std::string_view unreadable = "unable to get the page. error code=";
    const std::size_t place = line.find(unreadable);
    if (place == std::string::npos) return;
    const int result =
        std::atoi(line.c_str() + place + unreadable.size()); // NOLINT(cert-err34-c): SQLite's own
    const int primary = result & 0xff;                       // https://sqlite.org/rescode.html
    if (primary == SQLITE_IOERR || primary == SQLITE_NOMEM)
        throw Error(Code::internal_error, "read the database", database.path(), sqlite3_errstr(result));
}

} // namespace

std::vector<std::string> integrity_violations(Database& database, const std::string& schema) {
    std::vector<std::string> lines = database.texts("PRAGMA " + quoted_name(schema) + ".integrity_check(20)");
    if (lines.size() == 1 && lines[0] == "ok") lines.clear();
    for (const std::string& line : lines) require_readable(database, line);
    return lines;
}

std::vector<std::string> virtual_table_violations(Database& database, const std::string& schema,
                                                  bool damage_only) {
    std::vector<std::string> violations;
    Statement tables =
        database.prepare("SELECT name, sql FROM " + quoted_name(schema) +
                         ".sqlite_schema WHERE type='table' AND sql LIKE 'CREATE VIRTUAL TABLE%'");
    while (tables.step()) {
        const std::string name = tables.text(0);
        const std::string check = check_of(module_of(tables.text(1)), schema, name);
        if (check.empty()) continue;
        try {
            const auto answer = database.text(check);
            if (answer && *answer != "ok") violations.push_back("virtual table " + name + ": " + *answer);
        } catch (const Error& error) {
            if (error.code() != Code::live_damaged && error.code() != database.failure()) throw;
            if (damage_only && error.code() != Code::live_damaged) continue;
            violations.push_back("virtual table " + name + ": " + error.cause());
        }
    }
    return violations;
}

// Orphans that were there before are no fault of the migration: it may not make more of them, and one that it
// repairs pays for none in another table.
std::vector<std::string> foreign_key_violations(Database& database, const std::string& schema,
                                                const std::string& before_schema) {
    const Counts after = broken_references(database, schema);
    if (after.empty()) return {};
    const Counts before = broken_references(database, before_schema);
    std::int64_t more = 0;
    std::vector<std::string> violations;
    for (const auto& [table, count] : after) {
        const std::int64_t own = count_of(before, table);
        if (count <= own) continue;
        more += count - own;
        violations.push_back("table " + table + ": " + std::to_string(count) +
                             " rows refer to rows that are not there (before, there were " +
                             std::to_string(own) + " such rows)");
    }
    const std::int64_t went = broken_in_tables_that_went(database, schema, before);
    if (more <= went) return {};
    if (went > 0)
        violations.push_back("tables that are gone had " + std::to_string(went) + " such rows before");
    return violations;
}

} // namespace lockstep
