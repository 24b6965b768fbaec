// Starting again with the rights of an administrator, where the application lies in a folder that its users
// may not write to.
#pragma once

#include "win32/system_error.h"

#include <string>

namespace lockstep {

// False where this process is no administrator's and may not make files in the root, or in its .lockstep.
bool is_elevated_or_may_write(const std::string& root);

// This program again, with the same words, after Windows has asked the user; returns its exit code. Throws
// Error (cancelled) where the user refused.
int run_elevated(HWND window);

} // namespace lockstep
