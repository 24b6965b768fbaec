// The states that a power cut may leave of a simulated disk.
#pragma once

#include "tests/support/simulated_disk.h"

#include <functional>
#include <string>
#include <vector>

namespace lockstep {

// `extents` as for DiskLog::replay; `said`: what is missing, for people.
using VisitState = std::function<void(const std::string& said, const std::vector<Extent>& extents)>;

// After the first `point` steps: everything is there, or nothing that wasn't synced; each un-synced operation
// is missing alone, is there alone, is missing with all that came after it; each un-synced write is torn at
// 512 and at 4,096 bytes, and grew its file by zeros or garbage instead of its data, with the other un-synced
// operations there and not there; all un-synced data is missing while all names are there. An operation on
// names takes along the later ones on the same names.
void each_crash_state(const DiskLog& log, std::size_t point, const VisitState& visit);

// The same for a disk that writes strictly in order: all un-synced operations from some point on are missing.
void each_ordered_state(const DiskLog& log, std::size_t point, const VisitState& visit);

} // namespace lockstep
