// Asking a person at the terminal.
#pragma once

#include <string>

namespace lockstep {

// Whether a person could be asked.
bool has_terminal();
// One line from the terminal, not shown while it is typed. The terminal is as before when this returns or
// throws.
std::string ask_without_echo(const std::string& prompt);

} // namespace lockstep
