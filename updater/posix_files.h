// The parts of the Linux file system seam, one source file each. Included by posix_*.cpp only.
#pragma once

#include "updater/file_system.h"
#include "updater/posix_error.h"

#include <optional>
#include <string>
#include <sys/stat.h>

namespace lockstep {

FileStatus status_from(const struct stat& found);

// A folder, not followed where its last part is a link.
Descriptor open_folder(const std::string& path, const std::string& doing);

// posix_place.cpp: what a path means to the calls that take a folder and a name.
struct Place {
    Descriptor held;
    int folder = -1;          // `held`, or AT_FDCWD
    std::string name;         // in it; the whole path where the folder isn't held
    std::string for_one_call; // a path to it, for calls that take no folder; holds as long as `held`
};
void guard_below(const std::string& root);
// Neither the name nor, maybe, the folder of it: there is nothing to remove.
bool is_absent(const std::string& path);
// Throws Error (not_recognised) for a link on the way, below a guarded root.
Place place_of(const std::string& path, const std::string& doing);

// posix_file.cpp
std::unique_ptr<File> open_for_reading(const std::string& path);
std::unique_ptr<File> create_file(const std::string& path, std::uint32_t mode);
std::unique_ptr<File> open_for_appending(const std::string& path);
// Opens a name in a folder that is held open; `path` is what messages call it.
std::unique_ptr<File> open_in(const Descriptor& folder, const std::string& name, const std::string& path);

// posix_below.cpp
std::unique_ptr<File> open_below_folder(const std::string& folder, const std::string& relative);
std::unique_ptr<HeldFolder> hold_folder_below(const std::string& folder, const std::string& relative);
// The folder at an absolute path, no part of which may be a link.
Descriptor walked_folder(const std::string& path, const std::string& doing);
void refuse_links_below(const std::string& folder, const std::string& relative);

// posix_rename.cpp
void rename_without_replacing(const std::string& from, const std::string& to);
void rename_replacing(const std::string& from, const std::string& to);
bool exchange_names(const std::string& one, const std::string& other);

// posix_tree.cpp
std::vector<std::string> sorted_names(const std::string& folder);
void remove_whole_tree(const std::string& path);

// posix_volume.cpp
VolumeStatus volume_of(const std::string& path);

// posix_rights.cpp
void copy_all_rights(const std::string& from, const std::string& to);

// posix_safety.cpp
std::optional<std::string> why_unsafe(const std::string& real_folder);

} // namespace lockstep
