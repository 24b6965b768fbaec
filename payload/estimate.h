// How long an update takes on one laptop, by what its rehearsal measured on a copy of another's databases.
//
// Copying and checking take as long as the databases are large; the scripts as long as the tables have rows
// that they spent their time on; the rest always takes the same. Another machine is faster or slower:
// "about". Of those too a part always takes the same; the smaller the rehearsed database, the larger that is.
#pragma once

#include "payload/manifest.h"
#include "payload/messages.h"

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
    std::map<std::string, double> phase_seconds;
};

// The run with the largest databases from this version; one of this platform goes first. nullptr: none.
const RehearsalRun* likest_run(const std::vector<RehearsalRun>& runs, const std::string& from,
                               const std::string& platform);

// So many times the rehearsed rows are estimated, and no more: a handful of rows tells nothing of a million.
constexpr std::int64_t farthest_estimate = 100;

// Nothing beyond farthest_estimate.
std::optional<Estimate> estimate_of(const RehearsalRun& run, const DataAmount& here);
// Of that, what one of the run's scripts takes.
double seconds_of_script(const Estimate& estimate, const RehearsalRun& run, const std::string& script);
std::int64_t all_rows(const std::map<std::string, std::int64_t>& rows);

// "about 4 minutes for your 1.2 million rows"
std::string sentence_of(const Estimate& estimate);
// "about 4 minutes", "less than a second"
std::string rough_duration(double seconds);
// "1.2 million rows", "12,345 rows"
std::string rough_rows(std::int64_t rows);
// "1 row", "12,345 rows": of a message for one, and one for several that has the number's place.
std::string so_many(std::int64_t number, Message one, Message several);

} // namespace lockstep
