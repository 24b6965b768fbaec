// The seam for the system's scheduler: a program that is run every day, and after a start of the computer, so
// that a time that was missed is caught up and whatever a power cut left is recovered.
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

// Registers it, in place of one of this name. Returns what will run it, for people: "the crontab of this
// user". Throws Error: internal_error where there is no scheduler, or where it refuses, with its words.
std::string register_daily(FileSystem& files, const DailyRun& run);
// None of this name is fine. `folder` as DailyRun's.
void unregister_daily(FileSystem& files, const std::string& name, const std::string& folder);

} // namespace lockstep
