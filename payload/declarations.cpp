#include "payload/declarations.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lockstep {
namespace {

// `spelled` is "table" or "table.column" without its database.
bool names(const std::string& declared, const TableInfo& table, const std::string& spelled) {
    return same_name(declared, spelled) || same_name(declared, table.database + "." + spelled);
}

bool listed(const std::vector<std::string>& list, const TableInfo& table, const std::string& spelled) {
    return std::any_of(list.begin(), list.end(),
                       [&](const std::string& declared) { return names(declared, table, spelled); });
}

std::optional<std::string> mapped(const std::map<std::string, std::string>& map, const TableInfo& table,
                                  const std::string& spelled) {
    std::optional<std::string> found;
    for (const auto& [declared, value] : map) {
        if (same_name(declared, table.database + "." + spelled)) return value;
        if (same_name(declared, spelled)) found = value;
    }
    return found;
}

// `pattern` with * for any text; both in lower case. After a mismatch the last * takes one character more.
bool matches_star(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

template <typename Number> bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

} // namespace

bool DeclarationLookup::ignores(const TableInfo& table) const {
    return std::any_of(declarations_.ignore_tables.begin(), declarations_.ignore_tables.end(),
                       [&](const std::string& declared) {
                           const std::string pattern = lower_case(declared);
                           return matches_star(pattern, lower_case(table.name)) ||
                                  matches_star(pattern, lower_case(table.database + "." + table.name));
                       });
}

bool DeclarationLookup::dropped(const TableInfo& table) const {
    return listed(declarations_.dropped_tables, table, table.name);
}

bool DeclarationLookup::dropped(const TableInfo& table, const std::string& column) const {
    return listed(declarations_.dropped_columns, table, table.name + "." + column);
}

bool DeclarationLookup::changed(const TableInfo& table, const std::string& column) const {
    return listed(declarations_.changed_columns, table, table.name + "." + column);
}

std::optional<std::string> DeclarationLookup::renamed_to(const TableInfo& table) const {
    return mapped(declarations_.renamed_tables, table, table.name);
}

std::optional<std::string> DeclarationLookup::moved_to(const TableInfo& table,
                                                       const std::string& column) const {
    return mapped(declarations_.moved_columns, table, table.name + "." + column);
}

std::optional<std::string> DeclarationLookup::max_shrink(const TableInfo& table) const {
    return mapped(declarations_.max_shrink, table, table.name);
}

std::int64_t allowed_loss(const std::string& max_shrink, std::int64_t rows, const std::string& table) {
    std::int64_t number = 0;
    double percent = 0;
    if (read_number(max_shrink, number) && number >= 0) return number;
    if (max_shrink.ends_with('%') &&
        read_number(std::string_view(max_shrink).substr(0, max_shrink.size() - 1), percent) && percent >= 0 &&
        percent <= 100)
        return static_cast<std::int64_t>(std::floor(static_cast<double>(rows) * percent / 100));
    throw Error(Code::wrong_usage, "read max_shrink of table", table,
                "\"" + max_shrink + "\" is neither a number of rows (\"250\") nor a percentage (\"12.5%\")");
}

const TableInfo* find_table(const std::vector<TableInfo>& tables, const std::string& target,
                            const std::string& preferred_database) {
    const TableInfo* found = nullptr;
    for (const TableInfo& table : tables) {
        if (same_name(target, table.database + "." + table.name)) return &table;
        if (same_name(target, table.name) && (!found || same_name(table.database, preferred_database)))
            found = &table;
    }
    return found;
}

ColumnPlace find_column(const std::vector<TableInfo>& tables, const std::string& target,
                        const std::string& preferred_database) {
    ColumnPlace found;
    for (const TableInfo& table : tables) {
        for (const ColumnInfo& column : table.columns) {
            const std::string spelled = table.name + "." + column.name;
            if (same_name(target, table.database + "." + spelled)) return {&table, column.name};
            if (same_name(target, spelled) && (!found.table || same_name(table.database, preferred_database)))
                found = {&table, column.name};
        }
    }
    return found;
}

} // namespace lockstep
