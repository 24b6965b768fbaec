// What SQLite asks of the system, watched: a VFS over the system's, for every connection of the process. For
// one process that does nothing else afterwards.
#pragma once

#include "tests/support/hooked_files.h"

#include <functional>

namespace lockstep {

// Asked around each of these calls; SeamCall::name is one of them, SeamCall::path empty for SQLite's own
// temporary files:
//   create write sync truncate delete                           which change a file
//   sync_folder                                                 that a sync or a delete brings with it
//   open access read size lock unlock reserved map shared_lock  which don't, or are undone by the kernel
//   sleep                                                       between two tries of a lock
// What it returns, where it isn't SQLITE_OK, SQLite gets to hear: from `before` without the call being made,
// from `after` though it was. SQLITE_IOERR_SHORT_READ gives SQLite the first half of what it wanted, and
// zeros.
using SqliteHook = std::function<int(const SeamCall&)>;
void hook_sqlite(SqliteHook before, SqliteHook after);
void unhook_sqlite();

bool changes_file(const SeamCall& call);

} // namespace lockstep
