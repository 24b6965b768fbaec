// The seam for the system's scheduler: a program that is run every day, and after a start of the computer, so
// that a time that was missed is caught up and whatever a power cut left is recovered; and one that is run at
// the next start only.
//
// On Linux a systemd timer where systemd runs the system, else lines in this user's crontab. A registration
// belongs to this user, and is found by its name; nobody else's lines or units are touched.
#pragma once

#include "updater/file_system.h"

#include <string>
#include <vector>

namespace lockstep {

struct DailyRun {
    std::string name;              // letters, digits, '-'; unique for this user
    std::vector<std::string> argv; // argv[0] is absolute
    std::string folder;            // for what has to be written on the way
    std::string time;              // "07:05", local
};

// A program that is run at the next start of the computer.
struct BootRun {
    std::string name;              // letters, digits, '-'; unique
    std::vector<std::string> argv; // argv[0] is absolute
};

// The same for one purpose and one install root, however often it is asked for. `purpose` is "" or ends with
// '-'.
std::string task_name(const std::string& purpose, const std::string& root);

// Registers it, in place of one of this name. Returns what will run it, for people: "the crontab of this
// user". Throws Error: internal_error where there is no scheduler, or where it refuses, with its words.
std::string register_daily(FileSystem& files, const DailyRun& run);
// None of this name is fine. `folder` as DailyRun's.
void unregister_daily(FileSystem& files, const std::string& name, const std::string& folder);

// Durable when it returns. Linux: a unit of systemd, the system's for a privileged process, else this user's;
// where systemd doesn't run the system, a file in /etc/cron.d, which only a privileged process can write.
// Windows: a RunOnce value, for the machine or for this user. Does nothing where none of these is there.
// Throws Error where the system refuses; nothing is registered then.
void register_at_boot(FileSystem& files, const BootRun& run);
// None of this name is fine.
void unregister_at_boot(FileSystem& files, const std::string& name);

} // namespace lockstep
