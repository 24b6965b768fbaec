// What a draft means for the records: the loss ledger's declarations, the checks, and whether there is a way
// back.
#pragma once

#include "packaging/draft_plan.h"

#include <optional>
#include <string>

namespace lockstep {

// Lines for release.toml.
std::string draft_declarations(const DraftInput& input, const DraftPlan& plan);
// Queries for checks.sql, of what the loss ledger can't hold to account: values that the draft changes.
std::string draft_checks(const DraftInput& input, const DraftPlan& plan);

// Everything turned round, for the way back; `reasons` where there is none.
struct WayBack {
    Pairing pairing;
    Decisions decisions;
    std::vector<std::string> reasons; // sentences; empty: it can be gone back
};
WayBack way_back(const DraftInput& input, const DraftPlan& plan);

} // namespace lockstep
