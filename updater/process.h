// The seam for processes: who holds a file, running a release's programs, being told to stop.
#pragma once

#include "payload/language.h"
#include "updater/file_system.h"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace lockstep {

struct Holder {
    int process = 0;
    std::string name; // "clinic (4711)", for messages
};

// Processes other than this one that have one of these files open, mapped or running, as far as this user may
// see.
std::vector<Holder> holders_of(const std::vector<FileStatus>& files);
// Those of them that run one of these files as their program.
std::vector<Holder> runners_of(const std::vector<FileStatus>& programs);
std::string
names_of(const std::vector<Holder>& holders); // "clinic (4711), sqlite3 (4712)"; "another program" for none

struct ProgramResult {
    int exit_code = 0; // 128 + N where signal N ended it
    bool timed_out = false;
    std::string output; // the last of stdout and stderr together
};
struct ProgramToRun {
    std::vector<std::string> argv; // argv[0] is a path
    std::string folder;            // working folder
    int timeout_s = 60;
    std::uint32_t owner = 0; // a privileged process runs it as this user and group
    std::uint32_t group = 0;
    std::size_t kept_output = 4096; // bytes
};
// Runs it with no handle inherited but null for stdin; it and its children end with this process, at the
// timeout, and when `cancelled` says so. Throws Error (internal_error) where it can't be started.
ProgramResult run_program(const ProgramToRun& program, const std::function<bool()>& cancelled);

// Set by SIGINT, SIGTERM, SIGHUP after catch_cancel(): asked between steps, never during the swap.
void catch_cancel();
bool cancel_requested();

// The user's: of LC_ALL, LC_MESSAGES and LANG, the first that is set; on Windows that of its own windows.
Language system_language();

std::string own_executable();
std::string system_description(); // "Linux 6.1.0 x86_64", for whoever helps
std::string working_folder();
bool stderr_is_terminal();
bool is_privileged();
int processors(); // that this process may run on
// Nothing where there is no battery or it is charging; else percent.
std::optional<int> battery_percent();
std::string utc_now(); // RFC 3339

} // namespace lockstep
