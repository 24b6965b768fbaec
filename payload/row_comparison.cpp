#include "payload/row_comparison.h"

#include "payload/value_digest.h"
#include "payload/values_differ.h"

#include <algorithm>
#include <optional>

namespace lockstep {
namespace {

// SQLite allows 2,000 columns in a result and expressions 1,000 deep: https://sqlite.org/limits.html
constexpr std::size_t columns_at_once = 500;
constexpr std::size_t alternatives_at_once = 100;

template <typename Part, typename Use>
void in_groups(const std::vector<Part>& all, std::size_t group_size, const Use& use) {
    for (std::size_t begin = 0; begin < all.size(); begin += group_size) {
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto size = std::min(group_size, all.size() - begin);
        use(std::vector<Part>(first, first + static_cast<std::ptrdiff_t>(size)));
    }
}

std::string listed(const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) all += (all.empty() ? "" : ", ") + part;
    return all;
}

} // namespace

std::string values_differ(const ColumnPair& pair) {
    const std::string older = "old." + quoted_name(pair.older);
    const std::string newer = "new." + quoted_name(pair.newer);
    return "(" + older + " COLLATE BINARY IS NOT " + newer + " OR typeof(" + older + ") <> typeof(" + newer +
           "))";
}

std::string any_differs(const std::vector<ColumnPair>& pairs) {
    std::string all;
    in_groups(pairs, alternatives_at_once, [&](const std::vector<ColumnPair>& group) {
        std::string any;
        for (const ColumnPair& pair : group) any += (any.empty() ? "" : " OR ") + values_differ(pair);
        all += (all.empty() ? "(" : " OR (") + any + ")";
    });
    return all.empty() ? "0" : "(" + all + ")";
}

namespace {

std::string any_differs_at_once(const std::vector<ColumnPair>& pairs) {
    std::string all;
    in_groups(pairs, pairs_for_values_differ, [&](const std::vector<ColumnPair>& group) {
        std::vector<std::string> values;
        for (const ColumnPair& pair : group) {
            values.push_back("old." + quoted_name(pair.older));
            values.push_back("new." + quoted_name(pair.newer));
        }
        all += (all.empty() ? "" : " OR ") + ("lockstep_values_differ(" + listed(values) + ")");
    });
    return all;
}

std::string counts_of(const std::vector<std::string>& columns) {
    std::string sql;
    for (const std::string& column : columns) sql += ", count(old." + quoted_name(column) + ")";
    return sql;
}

std::vector<std::int64_t> integers_from(const Statement& row, int first) {
    std::vector<std::int64_t> numbers;
    for (int i = first; i < row.columns(); ++i) numbers.push_back(row.integer(i));
    return numbers;
}

// Almost always nothing differs, and one call for a row shows it in a third of the time that counting for
// each column takes. Nothing where a row differs.
std::optional<RowCounts> counts_without_difference(Database& database, const RowMatch& match,
                                                   const std::vector<ColumnPair>& pairs,
                                                   const std::vector<std::string>& counted) {
    register_values_differ(database);
    Statement row =
        database.prepare("SELECT count(*), count(*) FILTER (WHERE " + match.missing +
                         "), count(*) FILTER (WHERE NOT (" + match.missing + ") AND (" +
                         any_differs_at_once(pairs) + "))" + counts_of(counted) + " FROM " + match.joined());
    row.step();
    if (row.integer(2) != 0) return std::nullopt;
    return RowCounts{row.integer(0), row.integer(1), std::vector<std::int64_t>(pairs.size()),
                     integers_from(row, 3)};
}

RowCounts counts_by_column(Database& database, const RowMatch& match, const std::vector<ColumnPair>& pairs,
                           const std::vector<std::string>& counted) {
    std::string sql = "SELECT count(*), count(*) FILTER (WHERE " + match.missing + ")";
    for (const ColumnPair& pair : pairs)
        sql += ", count(*) FILTER (WHERE NOT (" + match.missing + ") AND " + values_differ(pair) + ")";
    Statement row = database.prepare(sql + counts_of(counted) + " FROM " + match.joined());
    row.step();
    const int first_counted = static_cast<int>(pairs.size()) + 2;
    RowCounts counts{row.integer(0), row.integer(1), {}, integers_from(row, first_counted)};
    for (int i = 2; i < first_counted; ++i) counts.changed.push_back(row.integer(i));
    return counts;
}

} // namespace

RowCounts count_differences(Database& database, const RowMatch& match, const std::vector<ColumnPair>& pairs,
                            const std::vector<std::string>& counted) {
    if (pairs.empty()) return counts_by_column(database, match, pairs, counted);
    RowCounts counts;
    in_groups(pairs, columns_at_once, [&](const std::vector<ColumnPair>& group) {
        const auto to_count = counts.changed.empty() ? counted : std::vector<std::string>();
        const auto same = counts_without_difference(database, match, group, to_count);
        const RowCounts found = same ? *same : counts_by_column(database, match, group, to_count);
        counts.rows = found.rows;
        counts.missing = found.missing;
        counts.changed.insert(counts.changed.end(), found.changed.begin(), found.changed.end());
        counts.values.insert(counts.values.end(), found.values.begin(), found.values.end());
    });
    return counts;
}

std::vector<std::string> first_rows(Database& database, const std::vector<std::string>& columns,
                                    const std::string& from, const std::string& condition,
                                    const std::vector<std::string>& order) {
    Statement row = database.prepare("SELECT " + listed(columns) + " FROM " + from + " WHERE " + condition +
                                     " ORDER BY " + listed(order) + " LIMIT 3");
    std::vector<std::string> rows;
    while (row.step()) {
        std::string values;
        for (int i = 0; i < row.columns(); ++i) values += (i == 0 ? "" : ", ") + row.shown(i);
        rows.push_back(row.columns() > 1 ? "(" + values + ")" : values);
    }
    return rows;
}

std::string sample_keys(Database& database, const RowMatch& match, const std::string& from,
                        const std::string& condition) {
    const std::vector<std::string> keys = first_rows(database, match.key, from, condition, match.key);
    return keys.empty() ? "" : (keys.size() == 1 ? " (key " : " (keys ") + listed(keys) + ")";
}

std::vector<ColumnDigest> digests(Database& database, const TableInfo& table,
                                  const std::vector<std::string>& columns) {
    register_value_digest(database);
    std::vector<ColumnDigest> all;
    in_groups(columns, columns_at_once, [&](const std::vector<std::string>& group) {
        std::string sql;
        for (const std::string& column : group)
            sql += (sql.empty() ? "SELECT count(" : ", count(") + quoted_name(column) +
                   "), lockstep_digest(" + quoted_name(column) + ")";
        Statement row = database.prepare(sql + " FROM " + table.sql());
        row.step();
        for (int i = 0; i < row.columns(); i += 2) all.push_back({row.integer(i), row.text(i + 1)});
    });
    return all;
}

std::int64_t row_count(Database& database, const TableInfo& table) {
    return database.integer("SELECT count(*) FROM " + table.sql()).value_or(0);
}

} // namespace lockstep
