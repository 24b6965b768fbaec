#include "tests/support/tree.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string described(const fs::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return "vanished";
    std::ostringstream text;
    text << std::oct << (status.st_mode & 07777) << std::dec << ' ' << status.st_uid << ':' << status.st_gid
         << ' ';
    if (S_ISLNK(status.st_mode)) return text.str() + "link " + fs::read_symlink(path).string();
    if (S_ISDIR(status.st_mode)) return text.str() + "folder";
    if (!S_ISREG(status.st_mode)) return text.str() + "special";
    return text.str() + "file\n" + read_file(path);
}

} // namespace

Tree tree_of(const std::string& folder, bool with_state) {
    Tree tree;
    for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator();
         ++entry) {
        if (!with_state && entry->path().filename().string().starts_with(".lockstep")) {
            entry.disable_recursion_pending();
            continue;
        }
        tree[entry->path().lexically_relative(folder)] = described(entry->path());
    }
    return tree;
}

std::string differences(const Tree& before, const Tree& after) {
    std::string text;
    for (const auto& [path, content] : before) {
        const auto now = after.find(path);
        if (now == after.end())
            text += path + " is gone\n";
        else if (now->second != content)
            text += path + " differs\n";
    }
    for (const auto& [path, content] : after)
        if (!before.contains(path)) text += path + " is new\n";
    return text;
}

void write_file(const std::string& path, const std::string& content, int mode) {
    fs::create_directories(fs::path(path).parent_path());
    fs::remove(path);
    std::ofstream(path, std::ios::binary) << content;
    ::chmod(path.c_str(), static_cast<mode_t>(mode));
}

std::string read_file(const std::string& path) {
    const std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

} // namespace lockstep
