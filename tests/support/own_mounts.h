// What a test mounts is seen by it and what it starts alone. Another program that has its mounts for itself
// copies those of all others at that time, and a file system stays mounted, and unsynced, until the last of
// them goes.
#pragma once

namespace lockstep {

// From here on, for this process; not where it isn't allowed, and there nothing can be mounted either.
void keep_mounts_to_this_process();

} // namespace lockstep
