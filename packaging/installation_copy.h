// A made installation for a rehearsal: a code tree and copies of databases, and what it holds, to the byte.
#pragma once

#include "updater/file_system.h"

#include <map>
#include <string>

namespace lockstep {

void copy_folder(FileSystem& files, const std::string& from, const std::string& to);

// Path -> mode and SHA-256 of every file, "folder" for folders; without .lockstep.
std::map<std::string, std::string> snapshot(const FileSystem& files, const std::string& root);

// The first paths that differ, as the end of a sentence; empty where none does.
std::string snapshot_difference(const std::map<std::string, std::string>& before,
                                const std::map<std::string, std::string>& after);

} // namespace lockstep
