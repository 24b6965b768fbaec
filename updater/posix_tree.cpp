#include "updater/posix_files.h"

#include <algorithm>
#include <dirent.h>
#include <fcntl.h>

namespace lockstep {
namespace {

using Listing = std::unique_ptr<DIR, int (*)(DIR*)>;

std::vector<std::string> names_listed(Descriptor folder, const std::string& path) {
    const Listing listing(::fdopendir(folder.number()), &::closedir);
    if (!listing) throw system_error(errno, "list the folder", path);
    static_cast<void>(folder.release()); // closedir() closes it
    std::vector<std::string> names;
    errno = 0; // readdir() tells an error from the end only by it
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
        errno = 0;
    }
    if (errno != 0) throw system_error(errno, "list the folder", path);
    return names;
}

int folder_flags() {
    return O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
}

// A folder without the right to write, as some applications ship them, can't be emptied by its own owner.
void allow_emptying(const Descriptor& folder, const std::string& path) {
    struct stat found {};
    if (::fstat(folder.number(), &found) != 0) throw system_error(errno, "look at", path);
    const mode_t needed = S_IRWXU;
    if ((found.st_mode & needed) == needed || ::geteuid() != found.st_uid) return;
    if (::fchmod(folder.number(), (found.st_mode & 07777) | needed) != 0)
        throw system_error(errno, "set the mode of", path);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which path lengths bound
void remove_in(int parent, const std::string& name, const std::string& path) {
    if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return;
    if (errno != EISDIR && errno != EPERM)
        throw system_error(errno, "remove", path); // POSIX: EPERM for a folder
    const int refused = errno;
    Descriptor folder(uninterrupted([&] { return ::openat(parent, name.c_str(), folder_flags()); }));
    if (!folder && errno == ENOTDIR) throw system_error(refused, "remove", path);
    if (!folder) throw system_error(errno, "remove the folder", path);
    allow_emptying(folder, path);
    Descriptor listed(::fcntl(folder.number(), F_DUPFD_CLOEXEC, 0));
    if (!listed) throw system_error(errno, "list the folder", path);
    for (const std::string& child : names_listed(std::move(listed), path))
        remove_in(folder.number(), child, joined(path, child));
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
        throw system_error(errno, "remove the folder", path);
}

} // namespace

std::vector<std::string> sorted_names(const std::string& folder) {
    std::vector<std::string> names = names_listed(open_folder(folder, "list the folder"), folder);
    std::sort(names.begin(), names.end());
    return names;
}

void remove_whole_tree(const std::string& path) {
    if (is_absent(path)) return;
    const Place place = place_of(path, "remove");
    remove_in(place.folder, place.name, path);
}

} // namespace lockstep
