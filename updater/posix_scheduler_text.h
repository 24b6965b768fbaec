// How systemd and cron are told of a run. Included by posix_*.cpp, and by the tests.
#pragma once

#include "updater/scheduler.h"

#include <string>

namespace lockstep {

// systemd.service(5), systemd.timer(5). A timer's time that was missed is caught up (Persistent=), and it
// runs after each start (OnStartupSec=).
std::string systemd_service(const DailyRun& run);
std::string systemd_timer(const DailyRun& run);

// A unit for the next start, and what makes the target that every start reaches want it.
std::string systemd_boot_service(const BootRun& run);
std::string systemd_wants(const std::string& name);
// As a file in /etc/cron.d has it.
std::string cron_boot_line(const BootRun& run);

// crontab(5): the lines for `run`; and `crontab` without the lines that have this name.
std::string crontab_lines(const DailyRun& run);
std::string crontab_without(const std::string& crontab, const std::string& name);

} // namespace lockstep
