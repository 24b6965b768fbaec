// --log: the file that what happens is appended to. Nothing else may be spoilt by it.
#pragma once

#include "updater/file_system.h"

#include <memory>
#include <string>

namespace lockstep {

// Throws Error (wrong_usage) where it can't be opened, is a bundle, an update executable or a database, or
// belongs to Lockstep's own state.
std::unique_ptr<File> open_log(FileSystem& files, const std::string& path);

} // namespace lockstep
