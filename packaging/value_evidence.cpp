#include "packaging/value_evidence.h"

#include "payload/sql_text.h"

namespace lockstep {
namespace {

constexpr int rows_compared = 1000;

bool same_key(const TableSchema& older, const TableSchema& newer) {
    const std::vector<std::string> left = older.key();
    const std::vector<std::string> right = newer.key();
    if (left.empty() || left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (ascii_lower(left[i]) != ascii_lower(right[i])) return false;
    return true;
}

std::string joined_rows(const RowsToCompare& rows) {
    std::string on;
    for (const std::string& column : rows.older.key())
        on += (on.empty() ? "old." : " AND old.") + quoted_name(column) + " = new." + quoted_name(column);
    return quoted_name(rows.older_schema) + "." + quoted_name(rows.older.name) + " AS old JOIN " +
           quoted_name(rows.newer_schema) + "." + quoted_name(rows.newer.name) + " AS new ON " + on;
}

} // namespace

ValueEvidence compare_values(const RowsToCompare& rows,
                             const std::vector<std::pair<std::string, std::string>>& columns) {
    ValueEvidence evidence;
    if (!same_key(rows.older, rows.newer)) return evidence;
    for (const auto& [before, after] : columns) {
        const std::string old_value = "old." + quoted_name(before);
        const std::string new_value = "new." + quoted_name(after);
        Statement row = rows.database.prepare(
            "SELECT count(*), total(a IS b), count(DISTINCT a) FROM (SELECT " + old_value + " AS a, " +
            new_value + " AS b FROM " + joined_rows(rows) + " WHERE " + old_value + " IS NOT NULL OR " +
            new_value + " IS NOT NULL LIMIT " + std::to_string(rows_compared) + ")");
        row.step();
        evidence.compared += row.integer(0);
        evidence.same += row.integer(1);
        evidence.distinct = std::max(evidence.distinct, row.integer(2));
    }
    return evidence;
}

} // namespace lockstep
