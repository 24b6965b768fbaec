// A lint report as it is shown: for people on a terminal, as JSON, and as one page that opens offline.
#pragma once

#include "packaging/lint_risk.h"

#include <string>

namespace lockstep {

std::string lint_text(const LintReport& report);
// {"product", "from", "to", "found", "migrated", "risks": [{"kind", "database", "place", "message", "advice",
//  "before", "after", "keys", "values", "settled"}], "notes"}; before and after are null where rows aren't
// what it is about.
std::string lint_json(const LintReport& report);
std::string lint_html(const LintReport& report);

// "3 risks found, 2 that the migration settles"
std::string lint_summary(const LintReport& report);
// "patient.born: is no date that SQLite reads: 3 rows (keys 1, 2, 3); still 1 row after the migration"
std::string risk_sentence(const Risk& risk);

} // namespace lockstep
