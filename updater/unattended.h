// How the last unattended run ended, for the person who starts the next one: nobody saw it.
//
// Kept for runs with --silent and --from. An update that succeeds ends what an earlier run is remembered
// for.
#pragma once

#include "updater/file_system.h"
#include "updater/request.h"

#include <optional>
#include <string>

namespace lockstep {

struct UnattendedRun {
    std::string finished; // RFC 3339
    Code code = Code::ok;
    std::string message;
};

// Nothing where this installation was never updated: a refused update leaves no trace. `log`: says there what
// can't be remembered; may be null.
void remember_unattended(FileSystem& files, const Request& request, const Outcome& outcome, File* log);
// After a run that somebody saw succeed.
void forget_unattended(FileSystem& files, const std::string& root, File* log);
std::optional<UnattendedRun> last_unattended(const FileSystem& files, const std::string& root);
// For a person; empty where the last one succeeded, or there was none.
std::string told_unattended(const FileSystem& files, const std::string& root);

} // namespace lockstep
