#include "updater/database_file.h"
#include "updater/posix_error.h"
#include "updater/posix_files.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>

namespace lockstep {
namespace {

enum class Claim {
    none,
    lease,
    look, // no lease to be had: /proc is searched for holders
};

bool same_file(const FileStatus& one, const FileStatus& other) {
    return one.volume == other.volume && one.id == other.id;
}

// This process's descriptors of a file, by number. SQLite doesn't tell its own one.
std::vector<int> descriptors_of(const FileStatus& file) {
    std::vector<int> numbers;
    for (const std::string& name : system_files().names_in("/proc/self/fd")) {
        const int number = std::atoi(name.c_str()); // NOLINT(cert-err34-c): the kernel writes digits only
        struct stat found {};
        if (::fstat(number, &found) == 0 && found.st_dev == file.volume && found.st_ino == file.id)
            numbers.push_back(number);
    }
    return numbers;
}

FileStatus require_plain_file(const std::string& path) {
    const std::string doing = "open the database";
    const std::optional<FileStatus> found = system_files().status(path);
    if (!found) throw Error(Code::not_recognised, doing, path, "there is no such file");
    if (found->kind == FileKind::link)
        throw Error(Code::not_recognised, doing, path, "it is a link to " + system_files().link_target(path));
    if (found->kind == FileKind::folder) throw Error(Code::not_recognised, doing, path, "it is a folder");
    if (found->kind == FileKind::other)
        throw Error(Code::not_recognised, doing, path, "it is not a regular file");
    if (found->names != 1)
        throw Error(Code::not_recognised, doing, path,
                    "the file has " + std::to_string(found->names) +
                        " names, and an update can replace only one");
    return *found;
}

// SQLite would open a file read-only in silence where it may not write.
void require_writable(const std::string& path) {
    for (const std::string& each : {path, parent_of(path)})
        if (::faccessat(AT_FDCWD, each.c_str(), W_OK, AT_EACCESS) != 0)
            throw system_error(errno, "write to", each);
}

} // namespace

struct DatabaseHandle::State {
    std::string path;
    FileStatus found;
    std::vector<int> before; // descriptors that this process had of it before SQLite opened it
    int descriptor = -1;     // SQLite's, which closes it
    Claim claim = Claim::none;
};

DatabaseHandle::DatabaseHandle(const std::string& path) : state_(std::make_unique<State>()) {
    state_->path = path;
    state_->found = require_plain_file(path);
    require_writable(path);
    state_->before = descriptors_of(state_->found);
}

DatabaseHandle::~DatabaseHandle() = default;

void DatabaseHandle::attach(sqlite3* /*connection*/) {
    for (const int number : descriptors_of(state_->found))
        if (std::find(state_->before.begin(), state_->before.end(), number) == state_->before.end())
            state_->descriptor = number;
    const std::optional<FileStatus> now = system_files().status(state_->path);
    if (state_->descriptor < 0 || !now || !same_file(*now, state_->found))
        throw Error(Code::busy, "open the database", state_->path, "another program replaced it meanwhile");
}

bool DatabaseHandle::excludes_others() const {
    return false; // the locks are the connection's
}

void DatabaseHandle::detach() {
    state_->descriptor = -1;
    state_->claim = Claim::none;
}

FileStatus DatabaseHandle::status() const {
    if (state_->descriptor < 0) return state_->found;
    struct stat found {};
    if (::fstat(state_->descriptor, &found) != 0)
        throw system_error(errno, "look at the database", state_->path);
    return status_from(found);
}

std::uint64_t DatabaseHandle::size() const {
    return status().size;
}

void DatabaseHandle::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const ssize_t count = uninterrupted(
            [&] { return ::pread(state_->descriptor, out.data(), out.size(), static_cast<off_t>(offset)); });
        if (count < 0) throw system_error(errno, "read the database", state_->path);
        if (count == 0)
            throw Error(Code::internal_error, "read the database", state_->path, "the file ends too early");
        offset += static_cast<std::uint64_t>(count);
        out = out.subspan(static_cast<std::size_t>(count));
    }
}

void DatabaseHandle::overwrite_beginning(Bytes bytes) {
    off_t offset = 0;
    while (!bytes.empty()) {
        const ssize_t count =
            uninterrupted([&] { return ::pwrite(state_->descriptor, bytes.data(), bytes.size(), offset); });
        if (count < 0) throw system_error(errno, "write over the database", state_->path);
        offset += count;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    if (uninterrupted([&] { return ::fdatasync(state_->descriptor); }) != 0)
        throw system_error(errno, "write to the disk the database", state_->path);
}

// A write lease is given only where nobody else has the file open, and whoever opens it after that waits
// until the lease is given up, /proc/sys/fs/lease-break-time seconds at most. The kernel tells of it by a
// signal: SIGURG, which does nothing unless somebody asked for it (the default, SIGIO, ends the process).
bool DatabaseHandle::claim() {
    if (::fcntl(state_->descriptor, F_SETSIG, SIGURG) != 0)
        throw system_error(errno, "claim the database", state_->path);
    if (::fcntl(state_->descriptor, F_SETLEASE, F_WRLCK) == 0) {
        state_->claim = Claim::lease;
        return true;
    }
    switch (errno) {
    case EAGAIN:
        return false;
    case EACCES: // not this user's file
    case EINVAL: // a volume without leases
    case ENOLCK:
    case EOPNOTSUPP:
        break;
    default:
        throw system_error(errno, "claim the database", state_->path);
    }
    if (!holders_of({state_->found}).empty()) return false;
    state_->claim = Claim::look;
    return true;
}

bool DatabaseHandle::is_still_claimed() const {
    switch (state_->claim) {
    case Claim::none:
        return false;
    case Claim::lease:
        return ::fcntl(state_->descriptor, F_GETLEASE) == F_WRLCK; // else what it is to become
    case Claim::look:
        return holders_of({state_->found}).empty();
    }
    return false;
}

void DatabaseHandle::unclaim() {
    if (state_->claim == Claim::lease && ::fcntl(state_->descriptor, F_SETLEASE, F_UNLCK) != 0 &&
        errno != EAGAIN)
        throw system_error(errno, "give up the claim on the database", state_->path);
    state_->claim = Claim::none;
}

} // namespace lockstep
