#include "payload/loss_rows.h"

#include "payload/declaration_text.h"

#include <algorithm>

namespace lockstep {
namespace {

// "3 of 1,204 rows are gone"
std::string part_of(std::int64_t part, std::int64_t all, const std::string& noun) {
    return with_commas(part) + " of " + with_commas(all) + " " + noun;
}

std::vector<std::string> column_names(const TableInfo& table) {
    std::vector<std::string> names;
    for (const ColumnInfo& column : table.columns)
        if (!column.generated) names.push_back(lower_case(column.name));
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

TableComparison::TableComparison(Database& database, const LossAccount& ledger, const TableAccount& account,
                                 std::vector<Violation>& violations, std::vector<AllowedLoss>& let_go)
    : database_(database), ledger_(ledger), account_(account), older_(*account.older),
      name_(ledger.spelled(older_)), violations_(violations), let_go_(let_go) {}

void TableComparison::add(const std::string& column, const std::string& message,
                          const std::string& declaration, std::int64_t rows) {
    violations_.push_back({older_.database, older_.name, column, message, declaration, rows});
}

std::int64_t TableComparison::allowed(std::int64_t rows) const {
    const auto declared = ledger_.declared().max_shrink(older_);
    return declared ? allowed_loss(*declared, rows, name_) : 0;
}

std::optional<RowMatch> TableComparison::match() const {
    return match_by_key(database_, older_, *account_.newer,
                        [&](const std::string& column) { return account_.kept_name(column); });
}

void TableComparison::table_gone() {
    const std::int64_t rows = older_.holds_values() ? row_count(database_, older_) : 0;
    std::vector<const TableInfo*> alike;
    for (const TableInfo& table : ledger_.newer())
        if (table.is_virtual == older_.is_virtual && !older_.is_virtual && !ledger_.came_from_older(table) &&
            column_names(table) == column_names(older_))
            alike.push_back(&table);
    const std::string what = (older_.is_virtual ? "virtual table " : "table ") + name_ +
                             (older_.holds_values() ? " (" + counted(rows, "row") + ")" : "");
    if (alike.size() != 1) return add("", what + " is gone", listing("dropped_tables", name_), rows);
    const std::string target = ledger_.spelled(*alike[0]);
    add("", what + " is gone; the new table " + target + " has the same columns",
        mapping("renamed_tables", name_, target), rows);
}

// All that it holds beside its key went to other tables.
bool TableComparison::is_held_elsewhere() const {
    std::vector<std::string> key;
    if (!older_.keys.empty()) key = older_.keys[0].columns;
    const auto moved = [](const ColumnAccount& column) { return column.now.table != nullptr; };
    return std::ranges::any_of(account_.columns, moved) &&
           std::ranges::all_of(account_.columns, [&](const ColumnAccount& column) {
               return moved(column) || std::ranges::any_of(key, [&](const std::string& name) {
                          return same_name(name, column.name);
                      });
           });
}

void TableComparison::table_dropped() {
    if (!older_.holds_values() || is_held_elsewhere()) return;
    if (const std::int64_t rows = row_count(database_, older_); rows > 0)
        let_go_.push_back({AllowedLoss::What::table, name_, rows});
}

void TableComparison::compare_rows() {
    std::vector<ColumnPair> pairs;
    for (const ColumnAccount& column : account_.columns) {
        if (column.gone) column_gone(column.name);
        if (account_.in_place(column) && !column.changed) pairs.push_back({column.name, column.now.column});
    }
    if (const auto matched = match())
        compare_by_key(*matched, pairs);
    else
        compare_by_digest(pairs);
}

void TableComparison::compare_by_key(const RowMatch& matched, const std::vector<ColumnPair>& pairs) {
    const RowCounts counts = count_differences(database_, matched, pairs, dropped_columns());
    columns_let_go(counts.values);
    if (counts.missing > allowed(counts.rows))
        rows_missing(counts.missing, counts.rows,
                     sample_keys(database_, matched, matched.joined(), matched.missing));
    else
        rows_let_go(counts.missing);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (counts.changed[i] == 0) continue;
        const std::string condition = "NOT (" + matched.missing + ") AND " + values_differ(pairs[i]);
        column_changed(pairs[i].older, counts.changed[i],
                       part_of(counts.changed[i], counts.rows, "values changed") +
                           sample_keys(database_, matched, matched.joined(), condition));
    }
}

void TableComparison::compare_by_digest(const std::vector<ColumnPair>& pairs) {
    const std::int64_t rows = row_count(database_, older_);
    const std::int64_t missing = std::max<std::int64_t>(0, rows - row_count(database_, *account_.newer));
    if (missing > allowed(rows))
        rows_missing(missing, rows, "");
    else
        rows_let_go(missing);
    std::vector<std::string> older_names;
    std::vector<std::string> newer_names;
    for (const ColumnPair& pair : pairs) {
        older_names.push_back(pair.older);
        newer_names.push_back(pair.newer);
    }
    const auto dropped = dropped_columns();
    older_names.insert(older_names.end(), dropped.begin(), dropped.end());
    const auto before = digests(database_, older_, older_names);
    const auto now = digests(database_, *account_.newer, newer_names);
    std::vector<std::int64_t> values;
    for (std::size_t i = pairs.size(); i < before.size(); ++i) values.push_back(before[i].values);
    columns_let_go(values);
    for (std::size_t i = 0; i < pairs.size(); ++i) compare_digest(pairs[i], before[i], now[i], missing);
}

// Where rows may be gone, nothing tells which, so that only the number of values can be held to account.
void TableComparison::compare_digest(const ColumnPair& pair, const ColumnDigest& before,
                                     const ColumnDigest& now, std::int64_t lost) {
    const bool kept = lost > 0 ? now.values >= before.values - lost : before == now;
    if (kept) return;
    const std::int64_t fewer = before.values - now.values;
    const std::string what =
        fewer == 0 ? "its " + counted(before.values, "value") + " changed"
                   : counted(before.values, "value") + " before, " + with_commas(now.values) + " now";
    column_changed(pair.older, std::max<std::int64_t>(1, fewer), what + " (no key tells which)");
}

void TableComparison::rows_missing(std::int64_t missing, std::int64_t rows, const std::string& keys) {
    const auto declared = ledger_.declared().max_shrink(older_);
    add("",
        "table " + name_ + ": " + part_of(missing, rows, missing == 1 ? "rows is gone" : "rows are gone") +
            keys + (declared ? ", where max_shrink allows " + *declared : ""),
        mapping("max_shrink", name_, std::to_string(missing)), missing);
}

void TableComparison::rows_let_go(std::int64_t missing) {
    if (missing > 0) let_go_.push_back({AllowedLoss::What::rows, name_, missing});
}

std::vector<std::string> TableComparison::dropped_columns() const {
    std::vector<std::string> names;
    for (const ColumnAccount& column : account_.columns)
        if (!column.now.table && !column.gone && !column.changed) names.push_back(column.name);
    return names;
}

void TableComparison::columns_let_go(const std::vector<std::int64_t>& values) {
    const auto names = dropped_columns();
    for (std::size_t i = 0; i < names.size(); ++i)
        if (values[i] > 0) let_go_.push_back({AllowedLoss::What::column, name_ + "." + names[i], values[i]});
}

void TableComparison::column_changed(const std::string& column, std::int64_t rows, const std::string& what) {
    const std::string spelled = name_ + "." + column;
    add(column, "column " + spelled + ": " + what, listing("changed_columns", spelled), rows);
}

void TableComparison::column_gone(const std::string& column) {
    const std::string spelled = name_ + "." + column;
    const std::int64_t values = digests(database_, older_, {column})[0].values;
    const std::string message = "column " + spelled + " (" + counted(values, "value") + ") is gone";
    const std::string elsewhere = values == 0 ? "" : same_values_elsewhere(column);
    if (elsewhere.empty()) return add(column, message, listing("dropped_columns", spelled), values);
    const std::string target = ledger_.spelled(*account_.newer) + "." + elsewhere;
    add(column, message + "; the new column " + target + " has the same values",
        mapping("moved_columns", spelled, target), values);
}

std::vector<std::string> TableComparison::new_columns() const {
    std::vector<std::string> names;
    for (const ColumnInfo& column : account_.newer->columns) {
        const bool old =
            std::any_of(account_.columns.begin(), account_.columns.end(), [&](const ColumnAccount& one) {
                return account_.in_place(one) && same_name(one.now.column, column.name);
            });
        if (!old) names.push_back(column.name);
    }
    return names;
}

// The one new column of the table that holds what `column` held; empty where there is none, or several.
std::string TableComparison::same_values_elsewhere(const std::string& column) const {
    std::vector<std::string> alike;
    const std::vector<std::string> candidates = new_columns();
    if (const auto matched = match()) {
        std::vector<ColumnPair> pairs;
        pairs.reserve(candidates.size());
        for (const std::string& candidate : candidates) pairs.push_back({column, candidate});
        const RowCounts counts = count_differences(database_, *matched, pairs);
        for (std::size_t i = 0; i < candidates.size() && counts.missing < counts.rows; ++i)
            if (counts.changed[i] == 0) alike.push_back(candidates[i]);
    } else {
        const ColumnDigest before = digests(database_, older_, {column})[0];
        const auto now = digests(database_, *account_.newer, candidates);
        for (std::size_t i = 0; i < candidates.size(); ++i)
            if (now[i] == before) alike.push_back(candidates[i]);
    }
    return alike.size() == 1 ? alike[0] : "";
}

} // namespace lockstep
