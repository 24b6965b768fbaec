// Newer databases that a rollback set aside. Each is the only copy of what was written after its update, so
// it is kept for good, and `update status` says where.
#pragma once

#include "updater/ledger.h"

#include <cstdint>
#include <set>

namespace lockstep {

// The rollbacks by whose backups such a database is kept. Told from what every ledger holds, also one of an
// older updater: what was replaced isn't what the update had left, and what took its place is what was there
// before the update.
std::set<std::int64_t> rollbacks_that_set_aside(Ledger& ledger);

} // namespace lockstep
