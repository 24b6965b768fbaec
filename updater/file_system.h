// The seam for files. Every durable thing the updater does goes through it, so that a test can count, fail or
// end the process at operation N, for every N. SQLite's own files go through SQLite's VFS.
//
// Paths are absolute or relative to the working folder, in the system's own form, UTF-8. Nothing follows a
// link in the last part of a path; open_below() follows none at all. Failures throw Error: no room or no
// right (12) for ENOSPC, EDQUOT, EACCES, EPERM, EROFS, EFBIG; internal_error for the rest; the cause is the
// system's own words. EINTR and short reads and writes are handled within.
//
// What survives: after File::sync the file's content; after sync_folder the names in it; sync_volume does
// both for everything on the volume that was changed before the call.
#pragma once

#include "payload/bytes.h"
#include "payload/error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

enum class FileKind { file, folder, link, other };

struct FileStatus {
    FileKind kind = FileKind::other;
    std::uint64_t volume = 0; // st_dev: not the same after a restart
    std::uint64_t id = 0; // st_ino: stays with the file through renames, except on volumes with unstable_ids
    std::uint64_t size = 0;
    std::uint32_t mode = 0; // permission bits
    std::uint32_t owner = 0;
    std::uint32_t group = 0;
    std::uint64_t names = 1;    // hard links
    std::uint64_t modified = 0; // when its content last was, in the finest steps that the system counts
};

struct VolumeStatus {
    std::uint64_t free_bytes = 0; // for this user
    std::uint64_t largest_file = UINT64_MAX;
    bool network = false;
    bool journaled = true;     // false on FAT: a power cut can damage the volume itself
    bool unstable_ids = false; // FAT: FileStatus::id is made anew at each mount
    bool read_only = false;
    std::string type; // "ext4", "vfat", "0x…" where unknown
};

// An open file. Closed by the destructor, which reports nothing: call sync() for what counts.
class File : public ByteSource {
  public:
    virtual void write(Bytes bytes) = 0; // at the end of what was written so far
    virtual void sync() = 0;
    // A hint: what was written may go to the disk from now on, so that a sync() later has less to wait for.
    // Promises nothing.
    virtual void begin_sync() const {}
    virtual FileStatus status() const = 0;
    // Gives this empty file the content of `from` by sharing its blocks on the disk (a reflink), whichever is
    // written to next. False, with nothing changed, where the volume can't do that.
    virtual bool share_blocks_of(const File& from) { return static_cast<void>(from), false; }
};

// A folder that is held open: its names are looked up in it, wherever its path leads meanwhile.
class HeldFolder {
  public:
    virtual ~HeldFolder() = default;
    // As FileSystem's, for a name in this folder.
    virtual std::optional<FileStatus> status(const std::string& name) const = 0;
    virtual std::unique_ptr<File> open(const std::string& name) const = 0;
};

// A lock on a folder that ends with the process, however it ends.
class FolderLock {
  public:
    virtual ~FolderLock() = default;
};

class FileSystem {
  public:
    virtual ~FileSystem() = default;

    // From here on whoever exchanges a folder below `root`, or one on the way to it, for a link is refused
    // (not_recognised): of the calls that open or change something, none follows it. `root` as real_path()
    // gives it.
    virtual void follow_no_link_below(const std::string& root) { static_cast<void>(root); }

    // Nothing where there is no such file.
    virtual std::optional<FileStatus> status(const std::string& path) const = 0;
    virtual VolumeStatus volume(const std::string& path) const = 0;
    // Names in a folder, sorted, without . and ..
    virtual std::vector<std::string> names_in(const std::string& folder) const = 0;
    virtual std::string link_target(const std::string& path) const = 0;
    // Absolute, every link resolved. Throws wrong_usage where there is nothing: it is for what somebody
    // named.
    virtual std::string real_path(const std::string& path) const = 0;

    virtual std::unique_ptr<File> open(const std::string& path) const = 0;
    // The same for `relative` below `folder`, refusing (not_recognised) a link in any part of `relative`.
    virtual std::unique_ptr<File> open_below(const std::string& folder,
                                             const std::string& relative) const = 0;
    // The folder `relative` ("." for `folder` itself) below `folder`, held; nothing where there is none.
    // Refuses (not_recognised) a link in any part of `relative`.
    virtual std::unique_ptr<HeldFolder> hold_folder(const std::string& folder,
                                                    const std::string& relative) const = 0;
    // Refuses (not_recognised) a link in any part of `relative` that exists; the last part may be absent.
    virtual void require_no_links(const std::string& folder, const std::string& relative) const = 0;

    virtual std::unique_ptr<File> create(const std::string& path, std::uint32_t mode) = 0; // must not exist
    virtual std::unique_ptr<File> append(const std::string& path) = 0;          // made where missing
    virtual void make_folder(const std::string& path, std::uint32_t mode) = 0;  // must not exist
    virtual void make_folders(const std::string& path, std::uint32_t mode) = 0; // with parents, may exist
    virtual void remove_file(const std::string& path) = 0;                      // absent is fine
    virtual void remove_folder(const std::string& path) = 0; // empty ones only; absent is fine
    virtual void remove_tree(const std::string& path) = 0;   // follows no link; absent is fine

    // Renames. None replaces a file, except replace().
    virtual void rename(const std::string& from, const std::string& to) = 0;
    virtual void replace(const std::string& from, const std::string& to) = 0;
    // Both names change places at once; false, with nothing changed, where the volume can't do that.
    virtual bool exchange(const std::string& one, const std::string& other) = 0;

    virtual void set_mode(const std::string& path, std::uint32_t mode) = 0;
    virtual void set_owner(const std::string& path, std::uint32_t owner, std::uint32_t group) = 0;
    // Owner, group, mode, extended attributes (access lists among them), read back; throws where they differ.
    virtual void copy_rights(const std::string& from, const std::string& to) = 0;

    virtual void sync_folder(const std::string& path) = 0;
    virtual void sync_volume(const std::string& path) = 0;

    // Nothing where another process has it. wait: for as long as it takes.
    virtual std::unique_ptr<FolderLock> lock_folder(const std::string& path, bool wait) = 0;

    // Why a less privileged user could replace or write `folder` or a folder on the way to it, or nothing.
    // Only meaningful for a privileged process; nothing for others.
    virtual std::optional<std::string> unsafe_folder(const std::string& folder) const = 0;
};

// The one for this system.
FileSystem& system_files();

// --- helpers over the seam
// -----------------------------------------------------------------------------------------

std::string joined(const std::string& folder, const std::string& name);
std::string parent_of(const std::string& path); // "." where there is none
std::string name_of(const std::string& path);
// `folder`, or the nearest one on the way to it that is there already.
std::string nearest_folder(const FileSystem& files, std::string folder);
bool is_absolute(const std::string& path); // on Windows with its drive, or a share's
std::string read_text(const FileSystem& files, const std::string& path, std::uint64_t limit);
// Content synced under a temporary name, renamed over `path`, folder synced: old or new after a power cut.
void write_durably(FileSystem& files, const std::string& path, std::string_view content, std::uint32_t mode);
// Copies content, sharing its blocks where the volume can. Not synced.
void clone_or_copy_file(FileSystem& files, const std::string& from, const std::string& to,
                        std::uint32_t mode);
// Copies content; returns its SHA-256. Not synced.
std::string copy_file(FileSystem& files, const ByteSource& from, const std::string& to, std::uint32_t mode);

} // namespace lockstep
