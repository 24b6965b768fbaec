#include "updater/file_system.h"

#include "payload/digest.h"

namespace lockstep {
namespace {

#ifdef _WIN32
constexpr const char* separators = "/\\";
#else
constexpr const char* separators = "/";
#endif

bool is_separator(char c) {
    return std::string_view(separators).find(c) != std::string_view::npos;
}

std::string without_last_separators(const std::string& path) {
    const std::size_t last = path.find_last_not_of(separators);
#ifdef _WIN32
    if (last == 1 && path[1] == ':') return path.substr(0, 3); // C:\ and not C:
#endif
    return last == std::string::npos ? path.substr(0, 1) : path.substr(0, last + 1);
}

// The temporary file is worth nothing, and the next write removes what is left of it: the first error is the
// one that counts.
void discard(FileSystem& files, const std::string& temporary) {
    try {
        files.remove_file(temporary);
    } catch (const Error&) { // NOLINT(bugprone-empty-catch)
    }
}

void write_synced(FileSystem& files, const std::string& path, std::string_view content, std::uint32_t mode) {
    const std::unique_ptr<File> file = files.create(path, mode);
    file->write(bytes_of(content));
    file->sync();
}

} // namespace

std::string joined(const std::string& folder, const std::string& name) {
    if (folder.empty()) return name;
    return is_separator(folder.back()) ? folder + name : folder + "/" + name;
}

std::string parent_of(const std::string& path) {
    const std::string trimmed = without_last_separators(path);
    const std::size_t last = trimmed.find_last_of(separators);
    if (last == std::string::npos) return ".";
    if (last == 0) return trimmed.substr(0, 1);
#ifdef _WIN32
    if (last == 2 && trimmed[1] == ':') return trimmed.substr(0, 3); // C:\ and not C:
#endif
    return without_last_separators(trimmed.substr(0, last));
}

std::string name_of(const std::string& path) {
    const std::string trimmed = without_last_separators(path);
    const std::size_t last = trimmed.find_last_of(separators);
    return last == std::string::npos ? trimmed : trimmed.substr(last + 1);
}

std::string nearest_folder(const FileSystem& files, std::string folder) {
    while (!files.status(folder)) folder = parent_of(folder);
    return folder;
}

bool is_absolute(const std::string& path) {
#ifdef _WIN32
    const bool drive = path.size() > 2 && path[1] == ':' && is_separator(path[2]);
    const bool share = path.size() > 1 && is_separator(path[0]) && is_separator(path[1]);
    return drive || share;
#else
    return path.starts_with('/');
#endif
}

std::string read_text(const FileSystem& files, const std::string& path, std::uint64_t limit) {
    const std::unique_ptr<File> file = files.open(path);
    const std::uint64_t size = file->size();
    if (size > limit)
        throw Error(Code::internal_error, "read", path,
                    "it has " + std::to_string(size) + " bytes, and " + std::to_string(limit) +
                        " is the most");
    std::string text(size, '\0');
    file->read(0, std::as_writable_bytes(std::span(text)));
    return text;
}

void write_durably(FileSystem& files, const std::string& path, std::string_view content, std::uint32_t mode) {
    const std::string temporary = path + ".new";
    files.remove_file(temporary); // left over from a write that was cut off
    try {
        write_synced(files, temporary, content, mode);
        files.replace(temporary, path);
    } catch (...) {
        discard(files, temporary);
        throw;
    }
    files.sync_folder(parent_of(path));
}

void clone_or_copy_file(FileSystem& files, const std::string& from, const std::string& to,
                        std::uint32_t mode) {
    const std::unique_ptr<File> source = files.open(from);
    const std::unique_ptr<File> file = files.create(to, mode);
    if (file->share_blocks_of(*source)) return;
    copy_bytes(*source, 0, source->size(), [&](Bytes piece) { file->write(piece); });
}

std::string copy_file(FileSystem& files, const ByteSource& from, const std::string& to, std::uint32_t mode) {
    const std::unique_ptr<File> file = files.create(to, mode);
    Sha256 digest;
    copy_bytes(from, 0, from.size(), [&](Bytes piece) {
        digest.update(piece);
        file->write(piece);
    });
    return digest.finish();
}

} // namespace lockstep
