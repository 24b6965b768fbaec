// Files that this process holds so that nobody else can open them, not even this process again: the live
// databases of an update. What has to be done with them goes by the handle that holds them.
#pragma once

#include "win32/system_error.h"

#include <string>

namespace lockstep {

void note_held(const std::string& path, HANDLE file);
void forget_held(HANDLE file);
// Null where this process doesn't hold the file at this path.
HANDLE held_at(const std::wstring& system_path);

// Renames a held file. Throws Error as FileSystem::rename() does.
void rename_held(HANDLE file, const std::string& from, const std::string& to);

} // namespace lockstep
