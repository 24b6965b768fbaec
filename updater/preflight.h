// Preflight: what can be known to stand in the way before anything is written.
#pragma once

#include "payload/manifest.h"
#include "updater/plan.h"
#include "updater/session.h"

namespace lockstep {

struct PreflightFor {
    bool preview = false;
    bool in_use = false;               // the application may be running
    std::string prepared;              // the file that `update prepare` makes for this bundle, if it did
    std::vector<FileStatus> code = {}; // the installed code files: none of them may be running
};

// Throws Error: no_room_or_right with what is needed and what is there, for each volume; busy naming the
// process that has a database or an entry point in use, or runs another code file; not_recognised for a
// database that is a link or has several names, or lies on a network volume. Warns, as a note, of a volume
// without a journal and of a low battery.
void preflight(Session& session, const Manifest& manifest, const Plan& plan, const PreflightFor& what);

// The growth that the rehearsal saw, the largest of its runs from this version; 1 without one.
double rehearsed_growth(const Manifest& manifest, const std::string& from);

} // namespace lockstep
