// `lockstep lint`: what in the data of a copy, and in the release itself, an update would stumble over.
//
// The release's migrations run on a copy of the copy, by the engine's own code; each check is made of the
// rows as they are and of what became of them. The databases given are only read.
#pragma once

#include "packaging/lint_risk.h"
#include "packaging/release.h"

#include <optional>
#include <string>
#include <vector>

namespace lockstep {

struct LintRequest {
    std::vector<std::string> copies; // "FILE" of the first database, or "NAME=FILE"; one of each at most.
                                     // For the others the previous version's sample stands
    std::string platform;            // its scripts run too; empty: those for every platform only
    std::optional<std::string> app_sqlite; // the version of SQLite that the application has
    bool show_values = false;              // beside keys, the values themselves
    std::string work;                      // a folder with room for two copies of the databases
};

// Throws Error (wrong_usage) where the release or a copy can't be used; what a migration says is a risk.
LintReport lint(const Release& release, const LintRequest& request);

} // namespace lockstep
