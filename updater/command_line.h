// `update`: what its words mean (DESIGN.md section 4).
#pragma once

namespace lockstep {

// Returns the exit code; writes to stdout, stderr and the log.
int run_command_line(int argc, char** argv);

} // namespace lockstep
