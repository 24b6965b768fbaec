// A ledger that was lost: removed, or emptied by a damaged file system. What earlier updates left beside it
// says that there was one, and is kept: nobody else knows what it is.
#pragma once

#include "updater/file_system.h"
#include "updater/layout.h"
#include "updater/ledger.h"

#include <cstdint>
#include <optional>
#include <string>

namespace lockstep {

// An empty file holds nothing, and is made anew as a missing one is.
bool has_ledger(const FileSystem& files, const Layout& layout);

// The number in the name of what a transaction left ("7", "7-found"), or nothing.
std::optional<std::int64_t> transaction_of(const std::string& name);

// Of all in backups/; 0 where there are none. A new transaction begins above it.
std::int64_t highest_kept(const FileSystem& files, const Layout& layout);

// Whether a backup has a copy of a database: there always was data here.
bool keeps_a_database(const FileSystem& files, const Layout& layout);

// Whether earlier updates left backups or a pinned trust that the ledger (null where there is none) doesn't
// know.
bool history_is_missing(const FileSystem& files, const Layout& layout, Ledger* ledger);
// Of such an installation, for people.
std::string missing_history(const FileSystem& files, const Layout& layout);

// Throws Error (needs_person) where a folder beside a database shows a swap that was not ended: only the
// ledger knew in which direction to end it.
void require_no_swap_beside(const FileSystem& files, const Layout& layout);

} // namespace lockstep
