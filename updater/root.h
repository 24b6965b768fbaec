// Which folder is the install root: --root, the nearest parent of the executable or of the working folder
// that has .lockstep/, or one of the release's locations that exists.
#pragma once

#include "updater/file_system.h"
#include "updater/request.h"

#include <string>

namespace lockstep {

// Throws Error (wrong_usage) where none is found.
std::string find_root(const FileSystem& files, const Request& request, const std::string& working_folder);

} // namespace lockstep
