// `update schedule` and `update unschedule`: an installation that looks for bundles by itself.
//
// What runs is the engine in .lockstep, with --silent and --from, as the installation's owner; its result is
// in `update status`, what it did in .lockstep/update.log.
#pragma once

#include "updater/file_system.h"
#include "updater/layout.h"
#include "updater/progress.h"
#include "updater/request.h"

#include <optional>
#include <string>

namespace lockstep {

struct Schedule {
    std::string from;  // the folder that is looked in
    std::string daily; // "03:00", local time
    std::string by;    // "cron, by the crontab of this user"
};

// Throws Error: wrong_usage without --from, or where the bundles could not be trusted (not_trusted);
// no_room_or_right where the installation is another user's; what register_daily() throws.
Outcome schedule(FileSystem& files, const Request& request, Progress& progress);
Outcome unschedule(FileSystem& files, const Request& request, Progress& progress);

// Nothing where it isn't scheduled.
std::optional<Schedule> schedule_of(const FileSystem& files, const Layout& layout);

} // namespace lockstep
