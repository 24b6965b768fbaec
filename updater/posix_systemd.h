// systemd, where it runs the system. Included by posix_*.cpp.
#pragma once

#include "updater/file_system.h"

#include <string>

namespace lockstep {

bool systemd_runs(const FileSystem& files);
// Where this user's units are, or the system's for a privileged process: systemd.unit(5), "Unit File Load
// Path". Throws Error (internal_error) where this user has no home.
std::string systemd_folder();
// Where this user has none, nothing was ever registered.
bool has_systemd_folder();

} // namespace lockstep
