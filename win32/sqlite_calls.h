// How SQLite opens files on Windows: paths of any length; and a live database by the handle that holds it
// already, so that there is no moment in which another program could open it.
#pragma once

#include "win32/system_error.h"

#include <string>

namespace lockstep {

void let_sqlite_open_as_we_do();

// The next time SQLite opens `path` it gets `file`, which is then SQLite's to close.
void give_to_sqlite(const std::string& path, HANDLE file);
// Takes it back. False where SQLite has it already.
bool take_back_from_sqlite(HANDLE file);

} // namespace lockstep
