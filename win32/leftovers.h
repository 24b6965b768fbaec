// A program that is running can't be removed on Windows, but it can be renamed: it waits in a folder of its
// own until a later start finds it ended.
#pragma once

#include <string>

namespace lockstep {

// Below a guarded root only. False where `path` is no file of one, or can't be renamed either.
bool set_aside_running_program(const std::string& path);
// Removes what waits below a root, as far as it has ended by now.
void remove_leftovers(const std::string& root);

} // namespace lockstep
