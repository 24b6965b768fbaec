#include "updater/log_file.h"

#include "payload/bundle.h"
#include "payload/bundle_format.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr std::string_view database_magic = "SQLite format 3";
constexpr const char* state_folder = ".lockstep";
constexpr const char* scheduled_log = "update.log"; // the one file there that a log may be

Error refused(const std::string& path, const std::string& cause) {
    return {Code::wrong_usage, "write the log", path, cause};
}

void require_outside_of_state(const std::string& real_folder, const std::string& path) {
    if (name_of(real_folder) == state_folder && name_of(path) == scheduled_log) return;
    for (std::string folder = real_folder; parent_of(folder) != folder; folder = parent_of(folder))
        if (name_of(folder) == state_folder) throw refused(path, "Lockstep keeps its own state there");
}

bool holds_bundle(const File& file, const std::string& path) {
    try {
        return find_bundle(file, path).has_value();
    } catch (const Error&) {
        return true; // a broken one
    }
}

void require_no_content_of_another_kind(const FileSystem& files, const std::string& path) {
    const auto file = files.open(path);
    if (file->size() == 0) return;
    const auto begin = std::min<std::uint64_t>(file->size(), database_magic.size());
    if (read_part(*file, 0, begin) == database_magic) throw refused(path, "it is a database");
    if (holds_bundle(*file, path)) throw refused(path, "it is a bundle");
}

} // namespace

std::unique_ptr<File> open_log(FileSystem& files, const std::string& path) {
    const auto status = files.status(path);
    if (status && status->kind == FileKind::folder) throw refused(path, "it is a folder");
    require_outside_of_state(files.real_path(parent_of(path)), path);
    if (status && status->kind == FileKind::file) require_no_content_of_another_kind(files, path);
    return files.append(path);
}

} // namespace lockstep
