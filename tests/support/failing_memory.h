// SQLite without memory: its allocations fail, once or from then on. For one process that does nothing else
// afterwards, and before its first connection.
#pragma once

#include <functional>

namespace lockstep {

// Allocation `number` fails (1: the first, and a larger size for an old one counts too); with `lasting` each
// one after it as well. `reached` is called when it does.
void fail_sqlite_memory(int number, bool lasting, std::function<void()> reached);

} // namespace lockstep
