// The window that a double-click on an update executable opens: what is updated, how far it is and how long
// it still takes, Cancel until the swap; then what happened, what it means for the data, what to do.
//
// The engine runs on a thread of its own. While it swaps, Windows is told that the computer should not be
// shut down. Each run writes a log, lockstep-update-<time>.log in the user's folder of temporary files, but
// for
// --log, which names another.
#pragma once

#include "updater/display.h"

namespace lockstep {

// Returns the last run's exit code when the user has closed the window.
int run_in_window(const Engine& engine);

// Somebody can sit before a window of this process: it isn't a service's.
bool has_a_desktop();

} // namespace lockstep
