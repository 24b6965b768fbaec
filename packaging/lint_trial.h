// The databases that lint compares: the copies as they are, and what the release makes of them.
#pragma once

#include "packaging/migrations.h"
#include "packaging/release.h"
#include "packaging/script_survey.h"

#include <optional>
#include <string>
#include <vector>

namespace lockstep {

struct LintTrial {
    std::string from;                 // the version of the copies
    std::vector<DatabaseFile> before; // in the order of the release
    std::vector<DatabaseFile> after;  // migrated; without a row where the migration failed
    ScriptSurvey survey;
    bool migrated = false;
    WrittenTables written;          // by the migration
    std::optional<Error> failure;   // of the migration
    std::vector<std::string> notes; // what wasn't tried
};

// `copies` and `platform` as in LintRequest. `work`: a folder of the caller's, for the trial copies.
LintTrial try_release(const Release& release, const std::vector<std::string>& copies,
                      const std::string& platform, const std::string& work);

} // namespace lockstep
