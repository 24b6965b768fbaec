// Where a path leads: a name in a folder that is held open, so that whoever exchanges a folder for a link
// meanwhile is refused, not followed.
#include "updater/posix_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <set>
#include <sys/syscall.h>

namespace lockstep {
namespace {

std::set<std::string>& guarded_roots() {
    static std::set<std::string> roots;
    return roots;
}

bool is_guarded(const std::string& path) {
    for (const std::string& root : guarded_roots())
        if (path.starts_with(root) && path.find_first_not_of('/', root.size()) != std::string::npos &&
            (root.ends_with('/') || path[root.size()] == '/'))
            return true;
    return false;
}

Descriptor folder_without_links(const std::string& folder) {
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS;
    Descriptor opened(static_cast<int>(
        uninterrupted([&] { return ::syscall(SYS_openat2, AT_FDCWD, folder.c_str(), &how, sizeof how); })));
    return opened;
}

} // namespace

void guard_below(const std::string& root) {
    guarded_roots().insert(root);
}

bool is_absent(const std::string& path) {
    struct stat found {};
    return ::lstat(path.c_str(), &found) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

Place place_of(const std::string& path, const std::string& doing) {
    if (!is_guarded(path)) return {{}, AT_FDCWD, path, path};
    const std::string parent = parent_of(path);
    Descriptor folder = folder_without_links(parent);
    // A link: the walk says which part it is. Or a kernel before 5.6, or one that forbids the call.
    if (!folder && (errno == ELOOP || errno == ENOSYS || errno == EPERM))
        folder = walked_folder(parent, doing);
    if (!folder) throw system_error(errno, doing, path);
    const int number = folder.number();
    return {std::move(folder), number, name_of(path),
            "/proc/self/fd/" + std::to_string(number) + "/" + name_of(path)};
}

} // namespace lockstep
