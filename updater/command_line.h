// `update`: what its words mean (DESIGN.md section 4).
#pragma once

#include "updater/display.h"

namespace lockstep {

// Returns the exit code; writes to stdout, stderr and the log. `in_window`: where somebody sits who started
// this with a double-click; used when an update is to be applied, and neither --silent nor --json is said.
int run_command_line(int argc, char** argv, const InWindow& in_window = {});

} // namespace lockstep
