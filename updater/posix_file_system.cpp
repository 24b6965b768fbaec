#include "updater/posix_files.h"

#include <array>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <sys/file.h>

namespace lockstep {
namespace {

constexpr std::uint64_t nanoseconds = 1'000'000'000; // in a second

// flock() rather than a lock file: it leaves no trace, and the kernel drops it when the process ends.
class PosixFolderLock : public FolderLock {
  public:
    explicit PosixFolderLock(Descriptor folder) : folder_(std::move(folder)) {}

  private:
    Descriptor folder_;
};

FileKind kind_of(mode_t mode) {
    if (S_ISREG(mode)) return FileKind::file;
    if (S_ISDIR(mode)) return FileKind::folder;
    return S_ISLNK(mode) ? FileKind::link : FileKind::other;
}

void require(int result, const std::string& doing, const std::string& path) {
    if (result != 0) throw system_error(errno, doing, path);
}

void unlink_at(const std::string& path, int flags, const std::string& doing) {
    if (is_absent(path)) return;
    const Place place = place_of(path, doing);
    if (::unlinkat(place.folder, place.name.c_str(), flags) != 0 && errno != ENOENT)
        throw system_error(errno, doing, path);
}

class PosixFileSystem : public FileSystem {
  public:
    void follow_no_link_below(const std::string& root) override { guard_below(root); }

    std::optional<FileStatus> status(const std::string& path) const override {
        struct stat found {};
        if (::lstat(path.c_str(), &found) == 0) return status_from(found);
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        throw system_error(errno, "look at", path);
    }
    VolumeStatus volume(const std::string& path) const override { return volume_of(path); }
    std::vector<std::string> names_in(const std::string& folder) const override {
        return sorted_names(folder);
    }

    std::string link_target(const std::string& path) const override {
        std::array<char, PATH_MAX> target{};
        const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
        if (size < 0) throw system_error(errno, "read the link", path);
        return {target.data(), static_cast<std::size_t>(size)};
    }

    std::string real_path(const std::string& path) const override {
        const std::unique_ptr<char, void (*)(void*)> found(::realpath(path.c_str(), nullptr), &std::free);
        if (!found && (errno == ENOENT || errno == ENOTDIR))
            throw Error(Code::wrong_usage, "find", path, "there is no such file or folder");
        if (!found) throw system_error(errno, "find", path);
        return found.get();
    }

    std::unique_ptr<File> open(const std::string& path) const override { return open_for_reading(path); }
    std::unique_ptr<File> open_below(const std::string& folder, const std::string& relative) const override {
        return open_below_folder(folder, relative);
    }
    std::unique_ptr<HeldFolder> hold_folder(const std::string& folder,
                                            const std::string& relative) const override {
        return hold_folder_below(folder, relative);
    }
    void require_no_links(const std::string& folder, const std::string& relative) const override {
        if (relative != ".")
            refuse_links_below(folder, relative); // "." is what parent_of() gives for a bare name
    }
    std::unique_ptr<File> create(const std::string& path, std::uint32_t mode) override {
        return create_file(path, mode);
    }
    std::unique_ptr<File> append(const std::string& path) override { return open_for_appending(path); }

    void make_folder(const std::string& path, std::uint32_t mode) override {
        // Nobody else's until the mode is set: mkdir() takes the umask off it, fchmod() does not.
        const Place place = place_of(path, "create the folder");
        require(::mkdirat(place.folder, place.name.c_str(), 0700), "create the folder", path);
        const Descriptor made = open_folder(path, "create the folder");
        require(::fchmod(made.number(), mode), "set the mode of", path);
    }

    // NOLINTNEXTLINE(misc-no-recursion): as deep as the path
    void make_folders(const std::string& path, std::uint32_t mode) override {
        const std::optional<FileStatus> present = status(path);
        if (present && present->kind == FileKind::folder) return;
        if (!present && parent_of(path) != path) make_folders(parent_of(path), mode);
        make_folder(path, mode);
    }

    void remove_file(const std::string& path) override { unlink_at(path, 0, "remove"); }
    void remove_folder(const std::string& path) override {
        unlink_at(path, AT_REMOVEDIR, "remove the folder");
    }
    void remove_tree(const std::string& path) override { remove_whole_tree(path); }

    void rename(const std::string& from, const std::string& to) override {
        rename_without_replacing(from, to);
    }
    void replace(const std::string& from, const std::string& to) override { rename_replacing(from, to); }
    bool exchange(const std::string& one, const std::string& other) override {
        return exchange_names(one, other);
    }

    void set_mode(const std::string& path, std::uint32_t mode) override {
        const Place place = place_of(path, "set the mode of");
        const int result = uninterrupted(
            [&] { return ::fchmodat(place.folder, place.name.c_str(), mode, AT_SYMLINK_NOFOLLOW); });
        require(result, "set the mode of", path);
    }
    void set_owner(const std::string& path, std::uint32_t owner, std::uint32_t group) override {
        const Place place = place_of(path, "set the owner of");
        require(::fchownat(place.folder, place.name.c_str(), owner, group, AT_SYMLINK_NOFOLLOW),
                "set the owner of", path);
    }
    void copy_rights(const std::string& from, const std::string& to) override { copy_all_rights(from, to); }

    void sync_folder(const std::string& path) override {
        const Descriptor folder = open_folder(path, "write to the disk the folder");
        require(uninterrupted([&] { return ::fsync(folder.number()); }), "write to the disk the folder",
                path);
    }

    // Through a folder, never the file itself: closing a descriptor of a database would drop this process's
    // locks.
    void sync_volume(const std::string& path) override {
        const std::optional<FileStatus> present = status(path);
        const bool is_folder = present && present->kind == FileKind::folder;
        const Descriptor folder =
            open_folder(is_folder ? path : parent_of(path), "write to the disk the volume of");
        require(uninterrupted([&] { return ::syncfs(folder.number()); }), "write to the disk the volume of",
                path);
    }

    std::unique_ptr<FolderLock> lock_folder(const std::string& path, bool wait) override {
        Descriptor folder = open_folder(path, "lock the folder");
        const int operation = wait ? LOCK_EX : LOCK_EX | LOCK_NB;
        if (uninterrupted([&] { return ::flock(folder.number(), operation); }) == 0)
            return std::make_unique<PosixFolderLock>(std::move(folder));
        if (errno == EWOULDBLOCK) return nullptr;
        throw system_error(errno, "lock the folder", path);
    }

    std::optional<std::string> unsafe_folder(const std::string& folder) const override {
        if (::geteuid() != 0) return std::nullopt;
        return why_unsafe(real_path(folder));
    }
};

} // namespace

FileStatus status_from(const struct stat& found) {
    FileStatus status;
    status.kind = kind_of(found.st_mode);
    status.volume = found.st_dev;
    status.id = found.st_ino;
    status.size = static_cast<std::uint64_t>(found.st_size);
    status.mode = found.st_mode & 07777;
    status.owner = found.st_uid;
    status.group = found.st_gid;
    status.names = found.st_nlink;
    status.modified = static_cast<std::uint64_t>(found.st_mtim.tv_sec) * nanoseconds +
                      static_cast<std::uint64_t>(found.st_mtim.tv_nsec);
    return status;
}

Descriptor open_folder(const std::string& path, const std::string& doing) {
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const Place place = place_of(path, doing);
    Descriptor folder(uninterrupted([&] { return ::openat(place.folder, place.name.c_str(), flags); }));
    if (!folder) throw system_error(errno, doing, path);
    return folder;
}

FileSystem& system_files() {
    static PosixFileSystem files;
    return files;
}

} // namespace lockstep
