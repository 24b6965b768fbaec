// SQLite's own writing, watched: a VFS over the system's, for databases that are opened from then on.
#pragma once

#include "tests/support/hooked_files.h"

#include <functional>

namespace lockstep {

// Asked around each create, write, sync, truncate and delete of a file, and each sync_folder that a sync or a
// delete brings with it; SeamCall::name is one of these words. What it returns, where it isn't SQLITE_OK,
// SQLite gets to hear: from `before` without the call being made, from `after` though it was.
using SqliteHook = std::function<int(const SeamCall&)>;
void hook_sqlite(SqliteHook before, SqliteHook after);
void unhook_sqlite();

} // namespace lockstep
