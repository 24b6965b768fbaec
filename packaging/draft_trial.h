// Runs a draft on an empty database of the old schema, by the real engine, and holds the result against the
// new one.
#pragma once

#include "packaging/draft_plan.h"

#include <string>

namespace lockstep {

// Throws Error (wrong_usage) naming the statement that fails, or the objects that aren't as in the new
// schema.
void try_draft(const DraftInput& input, const std::string& name, const std::string& script,
               const std::string& work);

} // namespace lockstep
