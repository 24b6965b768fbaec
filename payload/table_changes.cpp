#include "payload/loss_ledger.h"

#include "payload/row_comparison.h"

#include <algorithm>

namespace lockstep {
namespace {

std::vector<ColumnPair> same_columns(const TableInfo& older, const TableInfo& newer) {
    std::vector<ColumnPair> pairs;
    for (const ColumnInfo& column : older.columns)
        if (const ColumnInfo* same = newer.column(column.name); same && !column.generated)
            pairs.push_back({column.name, same->name});
    return pairs;
}

void count_by_key(Database& database, const RowMatch& match, const std::vector<ColumnPair>& pairs,
                  TableChange& change) {
    Statement row = database.prepare("SELECT count(*), count(*) FILTER (WHERE " + match.missing + ") FROM " +
                                     match.joined());
    row.step();
    change.removed = row.integer(1);
    // Not counted beside the others: SQLite allows no more than 2,000 columns inside of count().
    change.changed = database
                         .integer("SELECT count(*) FROM " + match.joined() + " WHERE NOT (" + match.missing +
                                  ") AND " + any_differs(pairs))
                         .value_or(0);
    // Each old row has one partner at most, so what isn't a partner is new.
    const std::int64_t partners = row.integer(0) - row.integer(1);
    change.added = database.integer("SELECT count(*) FROM " + match.newer).value_or(0) - partners;
}

void count_by_digest(Database& database, const TableInfo& older, const TableInfo& newer,
                     const std::vector<ColumnPair>& pairs, TableChange& change) {
    const std::int64_t more = row_count(database, newer) - row_count(database, older);
    change.added = std::max<std::int64_t>(0, more);
    change.removed = std::max<std::int64_t>(0, -more);
    if (more != 0) return;
    std::vector<std::string> older_names;
    std::vector<std::string> newer_names;
    for (const ColumnPair& pair : pairs) {
        older_names.push_back(pair.older);
        newer_names.push_back(pair.newer);
    }
    const bool same = digests(database, older, older_names) == digests(database, newer, newer_names);
    change.changed = same ? 0 : 1;
}

TableChange change_of(Database& database, const TableInfo& older, const TableInfo& newer) {
    TableChange change{.database = newer.database, .table = newer.name};
    const std::vector<ColumnPair> pairs = same_columns(older, newer);
    const auto match = match_by_key(database, older, newer, [&](const std::string& column) {
        const ColumnInfo* same = newer.column(column);
        return same ? &same->name : nullptr;
    });
    if (match)
        count_by_key(database, *match, pairs, change);
    else
        count_by_digest(database, older, newer, pairs, change);
    return change;
}

// All rows of the tables that `others` doesn't have.
void add_whole_tables(Database& database, const std::vector<TableInfo>& tables,
                      const std::vector<TableInfo>& others, std::int64_t TableChange::*count,
                      std::vector<TableChange>& changes) {
    for (const TableInfo& table : tables) {
        if (!table.holds_values() || find_table(others, table.database + "." + table.name, table.database))
            continue;
        TableChange change{.database = table.database, .table = table.name};
        change.*count = row_count(database, table);
        if (change.*count != 0) changes.push_back(change);
    }
}

} // namespace

std::vector<TableChange> table_changes(Database& database, const std::vector<std::string>& names) {
    std::vector<TableChange> changes;
    const std::vector<TableInfo> newer = newer_tables(database, names);
    const std::vector<TableInfo> all_older = older_tables(database, names);
    for (const TableInfo& older : all_older) {
        const TableInfo* same = find_table(newer, older.database + "." + older.name, older.database);
        if (!same || !same->holds_values() || !older.holds_values()) continue;
        const TableChange change = change_of(database, older, *same);
        if (change.added != 0 || change.removed != 0 || change.changed != 0) changes.push_back(change);
    }
    add_whole_tables(database, newer, all_older, &TableChange::added, changes);
    add_whole_tables(database, all_older, newer, &TableChange::removed, changes);
    return changes;
}

} // namespace lockstep
