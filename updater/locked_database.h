// A live database (or the trial copy that takes its place) that nobody else may write, from here until release().
//
// SQLite opens it with locking_mode=EXCLUSIVE, rolls back a hot journal or reads the WAL itself, checkpoints, and holds
// the exclusive lock. All reading goes through SQLite's own handle: closing any other descriptor of the file would drop
// this process's locks on it (POSIX). The journal mode is never switched. A rename leaves the lock on the file.
//
// Once it is locked, no sidecar file stands beside it: their content is in the database, and on the disk. A kill in
// between leaves it whole. Nothing is removed by name later, when another database may stand at path().
//
// claim_alone() asks more: that no other process has the file open at all, idle or not, and that none opens it before
// release(): a lease on Linux, which the kernel ends when somebody has waited for lease-break-time (45 s). Where a
// lease can't be had (not the owner's process, a volume without leases) it looks for holders, and again each time
// still_alone() is asked. This process itself must have the file open only here.
#pragma once

#include "payload/bytes.h"
#include "payload/error.h"
#include "updater/file_system.h"
#include "updater/process.h"

#include <memory>
#include <string>

namespace lockstep {

class LockedDatabase : public ByteSource {
  public:
    // Throws Error: busy (13) naming who holds it; live_damaged (40) where it is no database or damaged;
    // not_recognised (10) where `path` is a link, has several names, or is no regular file.
    explicit LockedDatabase(const std::string& path);
    ~LockedDatabase() override;

    const std::string& path() const; // where it was opened
    FileStatus status() const;       // by SQLite's handle, wherever the file is now
    std::uint64_t size() const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;

    // False where another process has the file open.
    bool claim_alone();
    // True while nobody has tried to open it since claim_alone().
    bool still_alone() const;
    // Gives the claim up, keeps the lock.
    void unclaim();

    // Overwrites the file's header, so that whoever opened it in the moment of a swap gets "file is not a database"
    // instead of writing into a file that is no longer the database. For a file that is about to be deleted.
    void invalidate();

    // Lets go of lock and claim; only path() is to be asked after it. The destructor does the same in silence.
    void release();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// "-wal", "-shm", "-journal": they belong to their database and to no other.
std::vector<std::string> sidecar_paths(const std::string& database_path);

} // namespace lockstep
