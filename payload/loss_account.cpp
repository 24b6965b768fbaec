#include "payload/loss_account.h"

#include <algorithm>

namespace lockstep {
namespace {

void append_tables(Database& database, std::vector<TableInfo>& tables, const std::string& name,
                   const std::string& schema) {
    for (TableInfo& table : read_tables(database, name, schema)) tables.push_back(std::move(table));
}

} // namespace

std::vector<TableInfo> older_tables(Database& database, const std::vector<std::string>& names) {
    constexpr std::string_view before = "before";
    constexpr std::string_view before_other = "before_"; // as attach_before() names them
    std::vector<TableInfo> tables;
    for (const std::string& schema : database.texts("SELECT name FROM pragma_database_list ORDER BY seq")) {
        if (schema == before) append_tables(database, tables, names.at(0), schema);
        if (schema.starts_with(before_other))
            append_tables(database, tables, schema.substr(before_other.size()), schema);
    }
    return tables;
}

std::vector<TableInfo> newer_tables(Database& database, const std::vector<std::string>& names) {
    std::vector<TableInfo> tables;
    for (const std::string& name : names)
        append_tables(database, tables, name, name == names[0] ? "main" : name);
    return tables;
}

const std::string* TableAccount::kept_name(const std::string& column) const {
    for (const ColumnAccount& one : columns)
        if (same_name(one.name, column) && in_place(one) && !one.changed) return &one.now.column;
    return nullptr;
}

LossAccount::LossAccount(Database& database, const std::vector<std::string>& names,
                         const Declarations& declarations)
    : declared_(declarations), older_(older_tables(database, names)), newer_(newer_tables(database, names)) {
    several_databases_ = names.size() > 1 || std::ranges::any_of(older_, [&](const TableInfo& table) {
                             return table.database != names[0];
                         });
    for (const TableInfo& table : older_)
        if (!declared_.ignores(table)) account_for_table(table);
    // A column may have moved to any table, so each table's fate is settled first.
    for (TableAccount& account : accounts_) account_for_columns(account);
}

void LossAccount::account_for_table(const TableInfo& older) {
    TableAccount account{.older = &older, .columns = {}};
    const auto target = declared_.renamed_to(older);
    if (target) {
        account.newer = find_table(newer_, *target, older.database);
        account.renamed = true;
        if (!account.newer)
            target_missing(older, "",
                           "renamed_tables says " + spelled(older) + " is now " + *target +
                               ", but there is no table " + *target);
    } else {
        account.newer = find_table(newer_, older.database + "." + older.name, older.database);
        account.gone = !account.newer && !declared_.dropped(older);
    }
    // Rows of a table can't be kept in a virtual one, which has no column to hold them against.
    if (account.newer && account.newer->is_virtual && !older.is_virtual) {
        account.newer = nullptr;
        account.gone = !declared_.dropped(older);
    }
    accounts_.push_back(account);
}

void LossAccount::account_for_columns(TableAccount& account) {
    // What an ordinary table has in a virtual one's place needs no rowid of that name.
    const bool stays_virtual = account.older->is_virtual && account.newer && account.newer->is_virtual;
    for (const ColumnInfo& column : account.older->columns)
        if (!column.generated && (!account.older->is_virtual || stays_virtual || column.name != "rowid"))
            account.columns.push_back(account_for_column(account, column.name));
}

ColumnAccount LossAccount::account_for_column(const TableAccount& account, const std::string& column) {
    const TableInfo& older = *account.older;
    ColumnAccount found{.name = column, .now = {}, .changed = declared_.changed(older, column)};
    if (const auto target = declared_.moved_to(older, column)) {
        found.now = moved_place(account, *target);
        if (!found.now.table)
            target_missing(older, column,
                           "moved_columns says " + spelled(older) + "." + column + " is now " + *target +
                               ", but there is no column " + *target);
        return found;
    }
    const ColumnInfo* same = account.newer ? account.newer->column(column) : nullptr;
    if (same) found.now = {account.newer, same->name};
    found.gone = account.newer && !same && !found.changed && !declared_.dropped(older, column);
    return found;
}

// The target may be written under the table's new name, or still under its old one.
ColumnPlace LossAccount::moved_place(const TableAccount& account, const std::string& target) const {
    ColumnPlace place = find_column(newer_, target, account.newer ? account.newer->database : "");
    if (place.table || !account.newer) return place;
    for (const ColumnInfo& column : account.newer->columns) {
        const std::string old_spelling = account.older->name + "." + column.name;
        if (same_name(target, old_spelling) ||
            same_name(target, account.older->database + "." + old_spelling))
            return {account.newer, column.name};
    }
    return place;
}

void LossAccount::target_missing(const TableInfo& table, const std::string& column,
                                 const std::string& message) {
    violations_.push_back({table.database, table.name, column, message, "", 0});
}

const TableAccount* LossAccount::account_of(const TableInfo& older) const {
    const auto found = std::find_if(accounts_.begin(), accounts_.end(),
                                    [&](const TableAccount& account) { return account.older == &older; });
    return found == accounts_.end() ? nullptr : &*found;
}

std::string LossAccount::spelled(const TableInfo& table) const {
    return several_databases_ ? table.database + "." + table.name : table.name;
}

bool LossAccount::came_from_older(const TableInfo& newer) const {
    return std::any_of(accounts_.begin(), accounts_.end(),
                       [&](const TableAccount& account) { return account.newer == &newer; });
}

} // namespace lockstep
