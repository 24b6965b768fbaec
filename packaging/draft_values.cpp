#include "packaging/draft_values.h"

#include "packaging/draft_parts.h"
#include "packaging/likeness.h"
#include "payload/row_comparison.h"

namespace lockstep {
namespace {

// A value as a person writes it, not too long.
std::string shown(const std::string& value) {
    return "CASE typeof(" + value + ") WHEN 'real' THEN printf('%!.17g', " + value + ") ELSE substr(quote(" +
           value + "), 1, 40) END";
}

} // namespace

std::string RowsAtRisk::keys() const {
    std::string all = samples.size() == 1 ? "key" : "keys";
    for (std::size_t i = 0; i < samples.size(); ++i) all += (i == 0 ? " " : ", ") + samples[i];
    return all;
}

std::vector<std::string> key_of_old_row(const TableSchema& older) {
    std::vector<std::string> key;
    for (const std::string& column : older.key()) key.push_back(old_value(column));
    if (key.empty()) key.emplace_back(older.kind.without_rowid ? "1" : "old.rowid");
    return key;
}

RowsAtRisk rows_where(const DraftInput& input, const TableSchema& older, const std::string& condition) {
    const std::string from = quoted_name(input.older.schema) + "." + quoted_name(older.name) + " AS old";
    RowsAtRisk rows;
    rows.count = input.database.integer("SELECT count(*) FROM " + from + " WHERE " + condition).value_or(0);
    const std::vector<std::string> key = key_of_old_row(older);
    if (rows.count > 0) rows.samples = first_rows(input.database, key, from, condition, key);
    return rows;
}

RowsAtRisk rows_converted(const DraftInput& input, const TableSchema& older, const ConvertedValue& one) {
    std::string key;
    for (const std::string& column : key_of_old_row(older))
        key += (key.empty() ? "" : " || ', ' || ") + shown(column);
    input.database.run("CREATE TEMP TABLE lockstep_values (key, was, value " + affinity(one.newer.type) +
                       ")");
    input.database.run("INSERT INTO lockstep_values SELECT " + key + ", " + one.was + ", " + one.value +
                       " FROM " + one.from);
    const std::string differs = " WHERE NOT " + gives_back("was", "value", one.older);
    RowsAtRisk rows;
    rows.count = input.database.integer("SELECT count(*) FROM lockstep_values" + differs).value_or(0);
    rows.samples = input.database.texts("SELECT key || ': ' || " + shown("was") + " || ' becomes ' || " +
                                        shown("value") + " FROM lockstep_values" + differs + " LIMIT 3");
    input.database.run("DROP TABLE lockstep_values");
    return rows;
}

// SQLite compares a column by its type and collation; "+" takes the one away, COLLATE the other.
std::string gives_back(const std::string& was, const std::string& now, const SchemaColumn& older) {
    const auto is_number = [](const std::string& value) {
        return "typeof(" + value + ") IN ('integer', 'real')";
    };
    const std::string same =
        "typeof(" + was + ") = typeof(" + now + ") AND +" + was + " IS +" + now + " COLLATE BINARY";
    const std::string type = affinity(older.type);
    if (type == "blob") return "(" + same + ")";
    if (type == "text")
        return "(" + same + " OR typeof(" + was + ") = 'text' AND " + is_number(now) + " AND +" + was +
               " = CAST(" + now + " AS TEXT) COLLATE BINARY)";
    return "(" + same + " OR " + is_number(was) + " AND typeof(" + now + ") <> 'blob' AND +" + was +
           " = CASE typeof(" + now + ") WHEN 'text' THEN CAST(" + now + " AS NUMERIC) ELSE +" + now + " END)";
}

} // namespace lockstep
