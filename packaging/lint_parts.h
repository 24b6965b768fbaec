// The parts of lint, each of which adds the risks that it finds.
#pragma once

#include "packaging/lint.h"
#include "packaging/lint_tables.h"
#include "packaging/lint_trial.h"

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// DATE, DATETIME, TIMESTAMP, TIME and the like.
bool is_date_type(std::string_view type);

// Rows: types, limits, NOT NULL, CHECK.
void lint_columns(const LintTables& tables, bool show_values, std::vector<Risk>& risks);
// References to rows that are missing, whether SQLite was told to hold them or not.
void lint_references(const LintTables& tables, bool show_values, std::vector<Risk>& risks);
// Columns that say they hold dates, by type, by name or by most of their values.
void lint_dates(const LintTables& tables, bool show_values, std::vector<Risk>& risks);
// Duplicates under a new UNIQUE, and values that differ only in case or accents.
void lint_duplicates(const LintTables& tables, bool show_values, std::vector<Risk>& risks);
// What became of each value, where there are migrated rows. `risks` holds those of lint_losses and lint_dates
// already.
void lint_changes(const LintTables& tables, bool show_values, std::vector<Risk>& risks);
// The loss ledger's violations, as risks.
void lint_losses(Database& database, const LintTrial& trial, const Declarations& declarations,
                 std::vector<Risk>& risks);
// What the scripts do, whatever the rows are.
void lint_scripts(const LintTables& tables, const LintTrial& trial, std::vector<Risk>& risks);
// What an older SQLite can't read, of what is new in the migrated schema.
void lint_app_sqlite(const LintTables& tables, const std::vector<DatabaseFile>& files,
                     const std::string& version, std::vector<Risk>& risks);
void lint_entry_points(const Release& release, std::vector<Risk>& risks);

} // namespace lockstep
