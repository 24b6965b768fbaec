// Counts the rows at risk: all conditions of a table in one pass over it, and another over what became of it.
#pragma once

#include "packaging/lint_risk.h"
#include "packaging/lint_tables.h"

#include <string>
#include <vector>

namespace lockstep {

// A condition under which a row is at risk, as SQL over the old table's columns and over the new one's.
struct RowCondition {
    Risk risk; // without what is counted
    std::string before;
    std::string after;        // empty: SQLite itself refuses such a row, so a migrated copy has none
    std::string value_before; // SQL: what is shown of a row where values are asked for
    std::string value_after;
    bool of_row_alone = true; // no table that was written to has a part in it
};

// Adds the risks of those that some row meets, with counts, keys and, with `show_values`, values.
void count_row_risks(const LintTables& tables, const LintTable& table,
                     const std::vector<RowCondition>& conditions, bool show_values, std::vector<Risk>& risks);

} // namespace lockstep
