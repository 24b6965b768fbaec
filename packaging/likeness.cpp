#include "packaging/likeness.h"

#include "payload/sql_text.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lockstep {
namespace {

std::vector<std::string> letter_pairs(std::string_view name) {
    const std::string lower = ascii_lower(name);
    std::vector<std::string> pairs;
    for (std::size_t i = 0; i + 1 < lower.size(); ++i) pairs.push_back(lower.substr(i, 2));
    std::ranges::sort(pairs);
    return pairs;
}

void count_columns(const DatabaseSchema& schema, std::map<std::string, double>& counts) {
    for (const auto& [name, table] : schema.tables)
        for (const SchemaColumn& column : table.columns) ++counts[ascii_lower(column.name)];
}

} // namespace

double name_likeness(std::string_view one, std::string_view other) {
    const std::vector<std::string> left = letter_pairs(one);
    const std::vector<std::string> right = letter_pairs(other);
    if (left.empty() || right.empty()) return ascii_lower(one) == ascii_lower(other) ? 1 : 0;
    std::vector<std::string> both;
    std::ranges::set_intersection(left, right, std::back_inserter(both));
    return 2.0 * static_cast<double>(both.size()) / static_cast<double>(left.size() + right.size());
}

ColumnRarity::ColumnRarity(const DatabaseSchema& older, const DatabaseSchema& newer) {
    count_columns(older, counts_);
    std::map<std::string, double> newer_counts;
    count_columns(newer, newer_counts);
    for (const auto& [name, count] : newer_counts) counts_[name] = std::max(counts_[name], count);
    tables_ = static_cast<double>(std::max(older.tables.size(), newer.tables.size()));
}

double ColumnRarity::weight(const std::string& lower_column) const {
    constexpr double everywhere = 2.0 / 3;
    constexpr double few_tables = 4; // too few to tell what is everywhere
    const auto found = counts_.find(lower_column);
    const double count = found == counts_.end() ? 1 : found->second;
    if (tables_ >= few_tables && count > tables_ * everywhere) return 0;
    return std::log((tables_ + 1) / count);
}

std::map<std::string, Standing> standings(const TableSchema& table, const TableSchema& other) {
    std::map<std::string, Standing> all;
    Standing at;
    for (const SchemaColumn& column : table.columns) {
        const std::string name = ascii_lower(column.name);
        if (other.column(name)) {
            at = {name, 0};
        } else {
            ++at.ordinal;
            all[name] = at;
        }
    }
    return all;
}

std::string affinity(std::string_view type) {
    const std::string lower = ascii_lower(type);
    const auto has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
    if (has("int")) return "integer";
    if (has("char") || has("clob") || has("text")) return "text";
    if (lower.empty() || has("blob") || lower == "any") return "blob";
    if (has("real") || has("floa") || has("doub")) return "real";
    return "numeric";
}

} // namespace lockstep
