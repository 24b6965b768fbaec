#include "payload/loss_account.h"

#include <algorithm>

namespace lockstep {
namespace {

// Where each column that an old table had is now, so that what is left over is known to be new.
bool came_from_older(const LossAccount& ledger, const TableInfo& newer, const ColumnInfo& column) {
    return std::any_of(ledger.tables().begin(), ledger.tables().end(), [&](const TableAccount& account) {
        return std::any_of(account.columns.begin(), account.columns.end(), [&](const ColumnAccount& one) {
            return one.now.table == &newer && same_name(one.now.column, column.name);
        });
    });
}

void reverse_table(const LossAccount& ledger, const TableAccount& account, Declarations& reverse) {
    const std::string older = ledger.spelled(*account.older);
    if (account.renamed && account.newer) reverse.renamed_tables[ledger.spelled(*account.newer)] = older;
    for (const ColumnAccount& column : account.columns) {
        const std::string old_name = older + "." + column.name;
        if (column.changed) reverse.changed_columns.push_back(old_name);
        if (!column.now.table) continue;
        const std::string new_name = ledger.spelled(*column.now.table) + "." + column.now.column;
        if (column.changed && !same_name(new_name, old_name)) reverse.changed_columns.push_back(new_name);
        if (!account.in_place(column) || !same_name(column.name, column.now.column))
            reverse.moved_columns[new_name] = old_name;
    }
}

void drop_what_is_new(const LossAccount& ledger, Declarations& reverse) {
    for (const TableInfo& table : ledger.newer()) {
        if (ledger.declared().ignores(table)) continue;
        if (!ledger.came_from_older(table)) {
            reverse.dropped_tables.push_back(ledger.spelled(table));
            continue;
        }
        for (const ColumnInfo& column : table.columns)
            if (!column.generated && !came_from_older(ledger, table, column))
                reverse.dropped_columns.push_back(ledger.spelled(table) + "." + column.name);
    }
}

} // namespace

Declarations reverse_declarations(const Declarations& forward, Database& newer_and_older,
                                  const std::vector<std::string>& names) {
    const LossAccount ledger(newer_and_older, names, forward);
    Declarations reverse;
    reverse.ignore_tables = forward.ignore_tables;
    reverse.journal = forward.journal;
    // Those that aren't columns of this older schema too: another revision of the release may have them.
    reverse.changed_columns = forward.changed_columns;
    for (const TableAccount& account : ledger.tables()) reverse_table(ledger, account, reverse);
    drop_what_is_new(ledger, reverse);
    std::sort(reverse.changed_columns.begin(), reverse.changed_columns.end());
    const auto repeated = std::unique(reverse.changed_columns.begin(), reverse.changed_columns.end());
    reverse.changed_columns.erase(repeated, reverse.changed_columns.end());
    return reverse;
}

} // namespace lockstep
