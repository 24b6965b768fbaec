// What a LockedDatabase needs of the system: SQLite's own handle of the file, to read through it, to know the
// file by it wherever it was moved, and to claim it. It never opens or closes a handle of its own: on POSIX
// that would drop the process's locks on the file.
#pragma once

#include "updater/file_system.h"
#include "updater/process.h"

#include <memory>
#include <string>

struct sqlite3;

namespace lockstep {

class DatabaseHandle : public ByteSource {
  public:
    // Before SQLite opens `path`. Throws Error: not_recognised where it is a link, has several names or is no
    // regular file; no_room_or_right where this user may not write the file or its folder.
    explicit DatabaseHandle(const std::string& path);
    ~DatabaseHandle() override;

    // After SQLite opened it. Throws Error (busy) where it is another file by now. The connection must
    // outlive every call below.
    void attach(sqlite3* connection);
    // Whether this alone keeps everybody else out, from attach() to detach(), so that the connection needn't
    // stay open: Windows lets nobody remove the sidecar files of one that is.
    bool excludes_others() const;
    // When SQLite has closed it: status() gives what it was at the beginning, reading throws.
    void detach();

    FileStatus status() const; // before attach(): as it was found at `path`
    std::uint64_t size() const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    // Writes over the beginning, and to the disk.
    void overwrite_beginning(Bytes bytes);

    // LockedDatabase's claim. This process must have the file open only once.
    bool claim();
    bool is_still_claimed() const;
    void unclaim();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace lockstep
