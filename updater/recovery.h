// Recovery: brings whatever a kill, a power cut or a failing disk left to exactly the old or exactly the new
// version.
//
// It works from the ledger and from what it sees on disk, is idempotent, and may itself be killed. It runs at
// every start of the updater, from the gate, and never examines a database once an outcome is written.
#pragma once

#include "updater/file_system.h"
#include "updater/layout.h"
#include "updater/ledger.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

// The caller holds the lock on the install root. Returns a sentence for each transaction that it brought to
// an end. Throws Error: busy where somebody uses a database that has to be moved (everything stays, gates
// on), needs_person where the old and the new database were both written to, or a file is nowhere to be
// found.
std::vector<std::string> recover(FileSystem& files, const Layout& layout, Ledger& ledger);

// After a commit whose gates are off (steps 11): what was replaced becomes the kept backup, the trust is
// pinned, the oldest backups beyond three are dropped, but for those that hold newer data set aside. Can be
// repeated. Returns sentences about files that had to be left.
std::vector<std::string> retire(FileSystem& files, const Layout& layout, Ledger& ledger,
                                std::int64_t transaction);

// After an undo, or before any swap: removes the work area. Files of others that were found in the way are
// kept.
void discard(FileSystem& files, const Layout& layout, std::int64_t transaction,
             const std::vector<std::string>& folders_beside);

} // namespace lockstep
