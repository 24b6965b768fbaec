// How systemd and cron are told of a daily run. Included by posix_*.cpp, and by the tests.
#pragma once

#include "updater/scheduler.h"

#include <string>

namespace lockstep {

// systemd.service(5), systemd.timer(5). A timer's time that was missed is caught up (Persistent=), and it
// runs after each start (OnStartupSec=).
std::string systemd_service(const DailyRun& run);
std::string systemd_timer(const DailyRun& run);

// crontab(5): the lines for `run`; and `crontab` without the lines that have this name.
std::string crontab_lines(const DailyRun& run);
std::string crontab_without(const std::string& crontab, const std::string& name);

} // namespace lockstep
