// update.exe is no console program, so that a double-click opens no console; started from one, it prints
// there all the same.
#pragma once

namespace lockstep {

void print_where_it_was_started();

} // namespace lockstep
