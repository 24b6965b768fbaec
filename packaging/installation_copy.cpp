#include "packaging/installation_copy.h"

#include "payload/digest.h"

namespace lockstep {
namespace {

void add_to_snapshot(const FileSystem& files, const std::string& root, const std::string& relative,
                     std::map<std::string, std::string>& found) {
    for (const std::string& name : files.names_in(root + "/" + relative)) {
        if (name == ".lockstep") continue;
        const std::string path = relative.empty() ? name : relative + "/" + name;
        const FileStatus status = *files.status(root + "/" + path);
        const std::string mode = std::to_string(status.mode);
        if (status.kind == FileKind::folder) {
            found[path] = "folder " + mode;
            add_to_snapshot(files, root, path, found);
        } else {
            found[path] = mode + " " + sha256(*files.open(root + "/" + path));
        }
    }
}

} // namespace

void copy_folder(FileSystem& files, const std::string& from, const std::string& to) {
    files.make_folders(to, 0755);
    for (const std::string& name : files.names_in(from)) {
        const std::string path = joined(from, name);
        const FileStatus status = *files.status(path);
        if (status.kind == FileKind::folder) {
            copy_folder(files, path, joined(to, name));
        } else {
            copy_file(files, *files.open(path), joined(to, name), 0600);
            files.set_mode(joined(to, name), (status.mode & 0100) != 0 ? 0755 : 0644);
        }
    }
}

std::map<std::string, std::string> snapshot(const FileSystem& files, const std::string& root) {
    std::map<std::string, std::string> found;
    add_to_snapshot(files, root, "", found);
    return found;
}

std::string snapshot_difference(const std::map<std::string, std::string>& before,
                                const std::map<std::string, std::string>& after) {
    for (const auto& [path, content] : before) {
        const auto now = after.find(path);
        if (now == after.end()) return path + " is missing";
        if (now->second != content) return path + " differs";
    }
    for (const auto& [path, content] : after)
        if (!before.contains(path)) return path + " is left over";
    return {};
}

} // namespace lockstep
