// The tables that lint looks at: as they are on the copy, and as the release makes them, by the release's own
// word (its declarations).
#pragma once

#include "packaging/database_schema.h"
#include "packaging/lint_risk.h"
#include "packaging/lint_trial.h"
#include "payload/loss_account.h"
#include "payload/sql_text.h"

#include <map>
#include <string>
#include <vector>

namespace lockstep {

struct LintTable {
    const TableAccount* account = nullptr; // of the old table; nullptr: there was none
    const TableInfo* before = nullptr;     // nullptr: there was none
    const TableInfo* after = nullptr;
    const TableSchema* older = nullptr; // the two schemas of the same
    const TableSchema* newer = nullptr;

    // The old column that became this one, in place; nullptr where there is none.
    const SchemaColumn* old_column(std::string_view new_column) const;
    // Whether each of the new table's columns that the SQL speaks of was there by the same name.
    bool were_columns(SqlTokens sql) const;
};

// Tables that stay under whatever name, and new ones; neither virtual tables nor ignored ones.
class LintTables {
  public:
    // `database` is set up as for loss_violations (payload/loss_ledger.h).
    LintTables(Database& database, const std::vector<std::string>& names, const Declarations& declarations,
               const LintTrial& trial);

    Database& database() const { return database_; }
    const LossAccount& account() const { return account_; }
    const std::vector<LintTable>& tables() const { return tables_; }
    // Of the release's scripts.
    const std::vector<SurveyedStatement>& statements() const { return trial_.survey.statements; }
    // The new tables have the rows that the migration made.
    bool migrated() const { return trial_.migrated; }
    // The rows are those of before: whatever was found there is here.
    bool untouched(const LintTable& table) const;
    // What a table of the new schema was.
    const LintTable* table(const TableInfo& database_of, std::string_view new_table) const;
    // Empty for a database that comes.
    const DatabaseSchema& older(const std::string& database_name) const;
    const DatabaseSchema& newer(const std::string& database_name) const { return newer_.at(database_name); }

  private:
    Database& database_;
    LossAccount account_;
    const LintTrial& trial_;
    std::map<std::string, DatabaseSchema> older_; // by the release's name for the database
    std::map<std::string, DatabaseSchema> newer_;
    std::vector<LintTable> tables_;
};

// The columns that tell a row from others, as SQL: the primary key, else the rowid.
std::vector<std::string> key_columns(const TableSchema& table);

} // namespace lockstep
