// `update support`: one text file for whoever helps, made where the user is.
//
// What is in it: the versions, the system, what `status` and `history` say, the volumes and their room, the
// names and sizes of Lockstep's own files and of the databases, the last lines of the log. Never a record, a
// key, or the content of a file.
#pragma once

#include "updater/file_system.h"
#include "updater/request.h"

#include <string>

namespace lockstep {

// `path` must not exist; empty: lockstep-support-<time>.txt in the working folder. What can't be found out
// stands in the file as such; throws Error where the file can't be written.
Outcome write_support_file(FileSystem& files, const std::string& root, const std::string& path);

} // namespace lockstep
