// How long an update takes on one laptop, by what its rehearsal measured on a copy of another's databases.
//
// Copying and checking take as long as the databases are large; the scripts as long as the tables have rows
// that they spent their time on; the rest always takes the same. Another machine is faster or slower:
// "about".
#pragma once

#include "payload/manifest.h"

#include <cstdint>
#include <map>
#include <string>

namespace lockstep {

// What an installation holds.
struct DataAmount {
    std::uint64_t bytes = 0;                  // all databases together
    std::map<std::string, std::int64_t> rows; // per table, by the names of RehearsalRun::rows
};

struct Estimate {
    double seconds = 0;         // all of the update
    double migrate_seconds = 0; // its scripts
    std::int64_t rows = 0;      // of the installation
};

// The run with the largest databases from this version; one of this platform goes first. nullptr: none.
const RehearsalRun* likest_run(const std::vector<RehearsalRun>& runs, const std::string& from,
                               const std::string& platform);

Estimate estimate_of(const RehearsalRun& run, const DataAmount& here);

// "about 4 minutes for your 1.2 million rows"
std::string sentence_of(const Estimate& estimate);
// "about 4 minutes", "less than a second"
std::string rough_duration(double seconds);
// "1.2 million rows", "12,345 rows"
std::string rough_rows(std::int64_t rows);

} // namespace lockstep
