// How a transaction is swapped in and ends: the same for an update and for a rollback.
#pragma once

#include "updater/session.h"
#include "updater/swap.h"
#include "updater/trial.h"

#include <string>
#include <vector>

namespace lockstep {

// Steps 9 to 11: everything staged is synced, the databases are locked, the swap runs, the gates go off, what
// was replaced is retired, `message` is recorded. Throws what Swap::run throws; after the commit nothing is
// thrown.
struct SwapEnd {
    double milliseconds = 0;
    std::string tidying;            // what waits for the next start; empty where all is done
    std::vector<std::string> notes; // files of others that were found and kept
};
// `seen`: the installed code when it was recognised.
SwapEnd swap_and_retire(Session& session, Trial& trial, std::vector<Placement> code,
                        std::vector<SeenFile> seen, const std::string& message);

// After an error: where the swap had not begun, the work area goes and the reason is recorded; where the swap
// was undone, the rest of its traces go. Where a person is needed, recovery looks at the disk once more
// before one is asked for. Returns the error that says how it ended.
Error end_failed(Session& session, std::unique_ptr<Trial>& trial, const Error& error);

} // namespace lockstep
