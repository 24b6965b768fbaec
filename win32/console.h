// update.exe is no console program, so that a double-click opens no console; started from one, it prints
// there all the same.
#pragma once

namespace lockstep {

// False where there is nothing to print to: it was started by a double-click, or by a program with no
// console.
bool print_where_it_was_started();

} // namespace lockstep
