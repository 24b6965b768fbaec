// What becomes of each old table and column, by the release's word and the two schemas: no row is read here.
#pragma once

#include "payload/declarations.h"
#include "payload/loss_ledger.h"
#include "payload/table_info.h"

#include <string>
#include <vector>

namespace lockstep {

struct ColumnAccount {
    std::string name;     // in the old table
    ColumnPlace now;      // its table is nullptr where the column is gone
    bool gone = false;    // without the release's word
    bool changed = false; // declared changed: where it is doesn't matter, its values aren't compared
};

struct TableAccount {
    const TableInfo* older = nullptr;
    const TableInfo* newer = nullptr; // nullptr: dropped or gone
    bool gone = false;                // without the release's word
    bool renamed = false;
    std::vector<ColumnAccount> columns; // without generated ones

    bool in_place(const ColumnAccount& column) const { return newer && column.now.table == newer; }
    // The name in the new table of a column whose values are kept; nullptr where there is none.
    const std::string* kept_name(const std::string& column) const;
};

// Both schemas, and the account of every old table that isn't ignored. Not to be copied: accounts point into
// tables.
class LossAccount {
  public:
    LossAccount(Database& database, const std::vector<std::string>& names, const Declarations& declarations);
    LossAccount(const LossAccount&) = delete;
    LossAccount& operator=(const LossAccount&) = delete;

    const std::vector<TableAccount>& tables() const { return accounts_; }
    const TableAccount* account_of(const TableInfo& older) const;
    const std::vector<TableInfo>& older() const { return older_; }
    const std::vector<TableInfo>& newer() const { return newer_; }
    const DeclarationLookup& declared() const { return declared_; }
    // The declared targets of renames and moves that don't exist.
    const std::vector<Violation>& violations() const { return violations_; }

    // As messages and declarations call it: with the database's name where there are several.
    std::string spelled(const TableInfo& table) const;
    // Whether an old table became this one; if not, the table is new.
    bool came_from_older(const TableInfo& newer) const;

  private:
    void account_for_table(const TableInfo& older);
    void account_for_columns(TableAccount& account);
    ColumnAccount account_for_column(const TableAccount& account, const std::string& column);
    ColumnPlace moved_place(const TableAccount& account, const std::string& target) const;
    void target_missing(const TableInfo& table, const std::string& column, const std::string& message);

    bool several_databases_ = false;
    DeclarationLookup declared_;
    std::vector<TableInfo> older_;
    std::vector<TableInfo> newer_;
    std::vector<TableAccount> accounts_;
    std::vector<Violation> violations_;
};

// The old tables of all databases of which a backup is attached, also of one that is no longer among `names`;
// and the new tables.
std::vector<TableInfo> older_tables(Database& database, const std::vector<std::string>& names);
std::vector<TableInfo> newer_tables(Database& database, const std::vector<std::string>& names);

} // namespace lockstep
