// The preview: the whole new version beside the live one, by copy, never by hard link (a write through one
// would change the live file), with its own copy of the migrated databases.
#pragma once

#include "updater/ledger.h"
#include "updater/session.h"
#include "updater/trial.h"

#include <string>
#include <vector>

namespace lockstep {

// The live tree in `folder` (made here), with the staged code in its new places and the trial databases, if
// any.
void assemble_preview(Session& session, const std::vector<Placement>& code,
                      const std::vector<TrialDatabase>& databases, const std::string& folder);

// Runs a command of the release in a preview, as the installation's owner; "{root}" stands for the preview's
// folder. Throws Error (`failure`) with the end of what it printed, where it fails or takes longer than
// `timeout_s`.
void run_in_preview(Session& session, const std::vector<std::string>& argv, int timeout_s,
                    const std::string& folder, Code failure, const std::string& what);

// How a migration's programs are run: in a preview of the new code in the work area, without databases, and
// with the trial copies' paths as their last words. `code` are the staged files; none where the new version
// is the one that is installed. `databases` must outlive what is returned.
Trial::RunProgram program_runner(Session& session, std::vector<Placement> code,
                                 const std::vector<TrialDatabase>& databases);

} // namespace lockstep
