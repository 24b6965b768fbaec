#include "win32/leftovers.h"

#include "updater/layout.h"
#include "win32/files.h"

#include <set>

namespace lockstep {
namespace {

// The roots whose leftovers are known.
std::set<std::string>& roots() {
    static std::set<std::string> known;
    return known;
}

std::string free_name(const std::string& folder) {
    for (int number = 1;; ++number) {
        std::string name = joined(folder, std::to_string(number));
        if (!system_files().status(name)) return name;
    }
}

bool is_below(const std::string& path, const std::string& folder) {
    return path.starts_with(folder + "/");
}

} // namespace

bool set_aside_running_program(const std::string& path) {
    for (const std::string& root : roots()) {
        const std::string waiting = Layout(root).leftovers();
        if (!is_below(path, root) || is_below(path, waiting)) continue;
        const auto status = system_files().status(path);
        if (!status || status->kind != FileKind::file) return false;
        system_files().make_folders(waiting, 0700);
        return ::MoveFileExW(system_path(path).c_str(), system_path(free_name(waiting)).c_str(),
                             MOVEFILE_WRITE_THROUGH) != 0;
    }
    return false;
}

void remove_leftovers(const std::string& root) {
    roots().insert(root);
    const std::string waiting = Layout(root).leftovers();
    if (!system_files().status(waiting)) return;
    // One that still runs, or that can't be removed for another reason, waits for the next start: nothing
    // depends on it.
    for (const std::string& name : sorted_names(waiting))
        ::DeleteFileW(system_path(joined(waiting, name)).c_str());
    ::RemoveDirectoryW(system_path(waiting).c_str());
}

} // namespace lockstep
