// Decisions that contradict each other, or that nothing in the two databases can follow.
#pragma once

#include "packaging/draft_plan.h"

namespace lockstep {

// Throws Error (wrong_usage) naming the first one: what somebody decided is never passed over in silence.
void require_followable(const DraftInput& input);

} // namespace lockstep
