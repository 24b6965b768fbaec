// The parts of the Windows file system seam, one source file each. Included by win32/ only.
#pragma once

#include "updater/file_system.h"
#include "win32/system_error.h"
#include "win32/text.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

constexpr DWORD share_all = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// Calls until it says true, while another program has the file open in a way that excludes this one's (an
// antivirus program, the search index): for about 2.5 seconds, waiting longer each time. GetLastError() tells
// the rest. `also`: another error that may pass.
bool with_retries(const std::function<bool()>& call, DWORD also = ERROR_SHARING_VIOLATION);

// open.cpp: CreateFileW with all of the above; follows no link in the last part. Null where it fails, and
// GetLastError() tells why.
Handle try_to_open(const std::string& path, DWORD access, DWORD share = share_all, DWORD how = OPEN_EXISTING,
                   DWORD flags = FILE_FLAG_BACKUP_SEMANTICS);
FileStatus status_of(HANDLE file, const std::string& path);
bool is_link(HANDLE file); // a symbolic link or a junction: what leads elsewhere
// For messages: who has the file open, else the system's words.
Error opening_error(DWORD number, const std::string& doing, const std::string& path);

// read_write.cpp: all of it, or an Error.
void read_all(HANDLE file, const std::string& path, const std::string& doing, std::uint64_t offset,
              std::span<std::byte> out);
void write_all(HANDLE file, const std::string& path, const std::string& doing, std::uint64_t offset,
               Bytes bytes);

// guard.cpp: below a guarded root the folder of a path is held while this lives, so that neither it nor a
// folder on the way can be exchanged for a link meanwhile. Throws Error (not_recognised) for a link on the
// way.
void guard_below(const std::string& root);
class HeldPlace {
  public:
    HeldPlace(const std::string& path, const std::string& doing);

  private:
    Handle folder_;
};
// The folder itself, held in the same way; `path` without a link in any part below `folder`.
Handle hold_folder_without_links(const std::string& path, const std::string& doing);

// file.cpp
std::unique_ptr<File> open_for_reading(const std::string& path);
std::unique_ptr<File> create_file(const std::string& path);
std::unique_ptr<File> open_for_appending(const std::string& path);

// below.cpp
std::unique_ptr<File> open_below_folder(const std::string& folder, const std::string& relative);
std::unique_ptr<HeldFolder> hold_folder_below(const std::string& folder, const std::string& relative);
void refuse_links_below(const std::string& folder, const std::string& relative);

// rename.cpp
void rename_without_replacing(const std::string& from, const std::string& to);
void rename_replacing(const std::string& from, const std::string& to);

// remove.cpp
std::vector<std::string> sorted_names(const std::string& folder);
void remove_one_file(const std::string& path);
void remove_empty_folder(const std::string& path);
void remove_whole_tree(const std::string& path);

// unsynced.cpp: files that were written here and not flushed yet, by the path that they have now.
void note_unsynced(const std::string& path);
void forget_unsynced(const std::string& path); // and everything below it
void follow_unsynced(const std::string& from, const std::string& to);
void flush_unsynced(std::uint64_t volume);

// volume.cpp, rights.cpp, safety.cpp
VolumeStatus volume_of(const std::string& path);
void copy_all_rights(const std::string& from, const std::string& to);
std::optional<std::string> why_unsafe(const std::string& real_folder);

} // namespace lockstep
