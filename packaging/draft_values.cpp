#include "packaging/draft_values.h"

#include "packaging/draft_parts.h"
#include "payload/row_comparison.h"

namespace lockstep {

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

} // namespace lockstep
