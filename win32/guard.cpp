// Windows lets nobody rename or remove a folder that is open without FILE_SHARE_DELETE, nor one on the way to
// it: so a path below a folder that is held like that leads where it led when it was looked at.
#include "win32/files.h"

#include <set>

namespace lockstep {
namespace {

std::set<std::string>& guarded_roots() {
    static std::set<std::string> roots;
    return roots;
}

const std::string* guarding_root(const std::string& path) {
    for (const std::string& root : guarded_roots())
        if (path.size() > root.size() && path.starts_with(root) &&
            (root.ends_with('/') || path[root.size()] == '/'))
            return &root;
    return nullptr;
}

} // namespace

void guard_below(const std::string& root) {
    guarded_roots().insert(root);
}

Handle hold_folder_without_links(const std::string& path, const std::string& doing) {
    Handle folder =
        try_to_open(path, FILE_READ_ATTRIBUTES | FILE_TRAVERSE, FILE_SHARE_READ | FILE_SHARE_WRITE);
    if (!folder) throw last_error(doing, path);
    if (is_link(folder.get())) throw Error(Code::not_recognised, doing, path, path + " is a link");
    return folder;
}

HeldPlace::HeldPlace(const std::string& path, const std::string& doing) {
    const std::string* const root = guarding_root(path);
    if (!root) return;
    const std::string parent = parent_of(path);
    if (parent.size() < root->size()) return;
    folder_ = hold_folder_without_links(parent, doing);
    // Held: now each folder on the way can be looked at, and stays what it is.
    for (std::string way = parent; way.size() > root->size(); way = parent_of(way)) {
        const Handle passed = try_to_open(way, FILE_READ_ATTRIBUTES);
        if (!passed) throw last_error(doing, path);
        if (is_link(passed.get())) throw Error(Code::not_recognised, doing, path, way + " is a link");
    }
}

} // namespace lockstep
