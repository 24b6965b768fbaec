#include "payload/loss_ledger.h"

#include "payload/loss_rows.h"

#include <algorithm>

namespace lockstep {
namespace {

// A virtual table's values are in tables of its own, whose names begin with its name and "_": whoever writes
// to one of those writes to it.
bool shadow_written_to(const WrittenTables& written, const TableInfo& table, const std::string& name) {
    return table.is_virtual && std::ranges::any_of(written.tables, [&](const auto& entry) {
               const bool here =
                   entry.first == lower_case(table.database) || entry.first == lower_case(table.schema);
               return here && entry.second.starts_with(name + "_");
           });
}

bool written_to(const WrittenTables& written, const TableInfo& table) {
    const std::string name = lower_case(table.name);
    return written.everything || shadow_written_to(written, table, name) ||
           written.contains(lower_case(table.database), name) ||
           written.contains(lower_case(table.schema), name);
}

std::ptrdiff_t place_of(const TableInfo& table, const std::string& column) {
    return table.column(column) - table.columns.data();
}

// A row holds its values in the order of the columns, without their names.
bool at_the_same_place(const TableAccount& account, const ColumnAccount& column) {
    return account.in_place(column) &&
           place_of(*account.older, column.name) == place_of(*account.newer, column.now.column);
}

// Nothing wrote to it, and it still is the same tree in its file with the same columns, whatever their names.
bool untouched(const TableAccount& account, const WrittenTables& written) {
    return account.newer && !(account.renamed && account.older->is_virtual) &&
           !written_to(written, *account.newer) && !written_to(written, *account.older) &&
           account.older->database == account.newer->database &&
           account.older->root_page == account.newer->root_page &&
           std::ranges::all_of(account.columns, [&](const ColumnAccount& column) {
               return at_the_same_place(account, column);
           });
}

void compare_table(TableComparison& comparison, const TableAccount& account) {
    if (account.gone) comparison.table_gone();
    if (!account.newer && !account.gone) comparison.table_dropped();
    if (account.newer && !account.older->holds_values()) return comparison.count_rows();
    if (account.newer) {
        comparison.compare_rows();
        comparison.compare_autoincrement();
    }
    comparison.compare_moved_columns();
}

} // namespace

std::vector<Violation> loss_violations(Database& database, const std::vector<std::string>& names,
                                       const Declarations& declarations, const WrittenTables& written,
                                       std::vector<AllowedLoss>* allowed) {
    const LossAccount ledger(database, names, declarations);
    std::vector<Violation> violations = ledger.violations();
    std::vector<AllowedLoss> let_go;
    for (const TableAccount& account : ledger.tables()) {
        TableComparison comparison(database, ledger, account, violations, let_go);
        if (!untouched(account, written))
            compare_table(comparison, account);
        else if (!account.older->is_virtual)
            comparison.compare_autoincrement(); // SQLite's own table, which scripts may write to
    }
    if (allowed) *allowed = std::move(let_go);
    return violations;
}

std::string before_schema(const std::string& name, const std::string& main) {
    return name == main ? "before" : "before_" + name;
}

void attach_before(Database& database, const std::vector<DatabaseFile>& backups, const std::string& main) {
    for (const DatabaseFile& backup : backups)
        database.attach(backup.path, before_schema(backup.name, main), OpenMode::immutable);
}

} // namespace lockstep
