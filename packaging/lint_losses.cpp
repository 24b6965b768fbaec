#include "packaging/lint_parts.h"
#include "packaging/schema_report.h"
#include "updater/trial.h"

namespace lockstep {

// Its messages hold counts and keys already.
void lint_losses(Database& database, const LintTrial& trial, const Declarations& declarations,
                 std::vector<Risk>& risks) {
    if (!trial.migrated) return;
    for (const Violation& violation :
         loss_violations(database, names_in_order(trial.after), declarations, trial.written))
        risks.push_back(
            {.kind = RiskKind::loss,
             .database = violation.database,
             .place = dotted(violation.table, violation.column),
             .message = violation.message,
             .advice = violation.declaration.empty() ? "" : "If that is meant: " + violation.declaration});
}

} // namespace lockstep
