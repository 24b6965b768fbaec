#include "packaging/lint_tables.h"

#include <algorithm>

namespace lockstep {

const SchemaColumn* LintTable::old_column(std::string_view new_column) const {
    if (!account) return nullptr;
    for (const ColumnAccount& column : account->columns)
        if (account->in_place(column) && same_name(column.now.column, new_column))
            return older->column(column.name);
    return nullptr;
}

const DatabaseSchema& LintTables::older(const std::string& database_name) const {
    static const DatabaseSchema nothing;
    const auto found = older_.find(database_name);
    return found == older_.end() ? nothing : found->second;
}

bool LintTable::were_columns(SqlTokens sql) const {
    return std::ranges::all_of(sql, [&](const SqlToken& token) {
        if (token.kind != SqlKind::word && token.kind != SqlKind::quoted_name) return true;
        const SchemaColumn* now = newer->column(unquoted(token));
        const SchemaColumn* was = now ? old_column(now->name) : nullptr;
        return !now || (was && same_name(was->name, now->name));
    });
}

LintTables::LintTables(Database& database, const std::vector<std::string>& names,
                       const Declarations& declarations, const LintTrial& trial)
    : database_(database), account_(database, names, declarations), trial_(trial) {
    for (const std::string& name : names)
        newer_[name] = read_database_schema(database, name == names[0] ? "main" : name);
    // Also of a database that goes; none of one that comes.
    for (const TableInfo& before : account_.older())
        if (!older_.contains(before.database))
            older_[before.database] =
                read_database_schema(database, before_schema(before.database, names[0]));
    for (const TableInfo& after : account_.newer()) {
        const TableSchema* newer = newer_.at(after.database).table(after.name);
        if (after.is_virtual || account_.declared().ignores(after)) continue;
        LintTable table{.after = &after, .newer = newer};
        for (const TableAccount& account : account_.tables())
            if (account.newer == &after && !account.older->is_virtual) {
                table.account = &account;
                table.before = account.older;
                table.older = older_.at(account.older->database).table(account.older->name);
            }
        tables_.push_back(table);
    }
}

const LintTable* LintTables::table(const TableInfo& database_of, std::string_view new_table) const {
    for (const LintTable& one : tables_)
        if (one.after->database == database_of.database && same_name(one.after->name, new_table)) return &one;
    return nullptr;
}

bool LintTables::untouched(const LintTable& table) const {
    return table.before && same_name(table.before->name, table.after->name) &&
           std::ranges::equal(table.before->columns, table.after->columns, &same_name, &ColumnInfo::name,
                              &ColumnInfo::name) &&
           !trial_.written.contains(table.after->database, table.after->name);
}

std::vector<std::string> key_columns(const TableSchema& table) {
    std::vector<std::string> columns;
    for (const std::string& name : table.key()) columns.push_back(quoted_name(name));
    return columns.empty() ? std::vector<std::string>{"rowid"} : columns;
}

} // namespace lockstep
