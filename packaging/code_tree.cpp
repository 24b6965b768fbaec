#include "packaging/code_tree.h"

#include "payload/digest.h"
#include "payload/error.h"
#include "payload/path_rules.h"
#include "updater/file_system.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

constexpr std::uint32_t owner_may_execute = 0100;

class Listing {
  public:
    Listing(CodeTree& tree, const Release& release) : tree_(tree), release_(release) {}

    void add_folder(const std::string& relative) {
        const std::string path = relative.empty() ? tree_.folder : joined(tree_.folder, relative);
        const std::vector<std::string> names = system_files().names_in(path);
        if (names.empty() && !relative.empty()) tree_.empty_folders.push_back(relative);
        const std::string prefix = relative.empty() ? "" : relative + "/";
        for (const std::string& name : names) add(prefix + name);
    }

  private:
    Error refused(const std::string& relative, const std::string& cause) const {
        return {Code::wrong_usage, "take", joined(tree_.folder, relative), cause};
    }

    void add(const std::string& relative) {
        const std::string path = joined(tree_.folder, relative);
        if (const auto reason = path_refusal(relative)) throw refused(relative, "its path " + *reason);
        const auto status = system_files().status(path);
        if (!status) throw refused(relative, "it disappeared while it was being read");
        if (status->kind == FileKind::link)
            throw refused(relative, "it is a link; only files and folders can travel");
        if (status->kind == FileKind::other) throw refused(relative, "it is neither a file nor a folder");
        if (status->kind == FileKind::folder) return add_folder(relative);
        add_file(relative, *status);
    }

    void add_file(const std::string& relative, const FileStatus& status) {
        const auto file = system_files().open(joined(tree_.folder, relative));
        FileEntry entry{relative, file->size(), sha256(*file), 0644};
        if ((status.mode & owner_may_execute) != 0) entry.mode = 0755;
        (is_preserved(relative) ? tree_.preserved : tree_.files).push_back(std::move(entry));
    }

    bool is_preserved(const std::string& relative) const {
        return std::ranges::any_of(release_.preserve, [&](const std::string& pattern) {
            return matches_pattern(pattern, relative);
        });
    }

    CodeTree& tree_;
    const Release& release_;
};

std::vector<std::string> paths_of(const CodeTree& tree) {
    std::vector<std::string> paths;
    for (const auto* list : {&tree.files, &tree.preserved})
        for (const FileEntry& entry : *list) paths.push_back(entry.path);
    return paths;
}

std::set<std::string> database_paths(const Release& release) {
    std::set<std::string> paths;
    for (const DatabaseEntry& database : release.databases)
        for (const char* suffix : {"", "-wal", "-shm", "-journal"}) paths.insert(database.path + suffix);
    return paths;
}

void require_no_database(const CodeTree& tree, std::vector<std::string> paths, const Release& release) {
    const std::set<std::string> databases = database_paths(release);
    for (const std::string& path : paths) {
        const bool above = std::ranges::any_of(
            databases, [&](const std::string& database) { return database.starts_with(path + "/"); });
        const bool below = std::ranges::any_of(
            databases, [&](const std::string& database) { return path.starts_with(database + "/"); });
        if (databases.contains(path) || above || below)
            throw Error(Code::wrong_usage, "take", joined(tree.folder, path),
                        "it stands where the live database is; a database is never part of the code");
    }
    paths.insert(paths.end(), databases.begin(), databases.end());
    if (const auto pair = colliding_paths(paths))
        throw Error(Code::wrong_usage, "take", tree.folder,
                    "'" + pair->first + "' and '" + pair->second + "' are one file on some systems");
}

void sort_by_path(std::vector<FileEntry>& files) {
    std::ranges::sort(files, {}, &FileEntry::path);
}

} // namespace

CodeTree list_code(const std::string& folder, const Release& release) {
    CodeTree tree;
    tree.folder = folder;
    Listing(tree, release).add_folder("");
    sort_by_path(tree.files);
    sort_by_path(tree.preserved);
    require_no_database(tree, paths_of(tree), release);
    return tree;
}

} // namespace lockstep
