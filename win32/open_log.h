// Shows a log to whoever sits there.
#pragma once

#include "win32/system_error.h"

#include <string>

namespace lockstep {

// In Windows' own Notepad, which every Windows has. Where it can't be started, a box says why.
void open_log(HWND window, const std::string& path);

} // namespace lockstep
