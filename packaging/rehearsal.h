// The rehearsal: the real engine, on copies of real installations, before anything is signed.
//
// For each previous revision, each of its samples and each --db copy of that revision: an installation is
// made in a temporary folder, updated, rolled back and compared byte for byte; where there are revert
// scripts, updated again, written to, and reverted. What was measured is the evidence that `build` asks for.
#pragma once

#include "packaging/evidence.h"
#include "packaging/release.h"

#include <functional>
#include <string>
#include <vector>

namespace lockstep {

struct RehearsalRequest {
    std::vector<std::string> copies; // --db: "FILE" for the first database, or "NAME=FILE"
    std::string gate;
    std::string work;                               // a folder for the copies, removed afterwards
    std::function<void(const std::string&)> report; // a line for each run
};

// Throws the Error of the first run that failed, with what the release would have to declare. Writes nothing
// but in `request.work`.
Evidence rehearse(const Release& release, const RehearsalRequest& request);

} // namespace lockstep
