// Recovery at the next start of the computer: registered from before the first rename of a swap until its
// gates are off, so that a laptop that lost its power in between is whole before anybody asks for it.
//
// One of several ways to recovery, beside the gate and every start of the updater.
#pragma once

#include "updater/file_system.h"
#include "updater/layout.h"

namespace lockstep {

// Durable when it returns. Does nothing where the volume is gone after a restart, where no engine is
// installed, or where nothing on this system would run it. Throws Error where the system refuses.
void register_boot_recovery(FileSystem& files, const Layout& layout);
// None registered is fine.
void unregister_boot_recovery(FileSystem& files, const Layout& layout);

} // namespace lockstep
