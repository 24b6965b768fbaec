// What a release does before its update, while the application is in use: prepare.sql reads the live
// databases and writes to a file of its own, `prepared`. The migration finds a copy of that file attached by
// this name, after the same script has run once more on the trial copy and added what is missing. So it has
// to bring up to date whatever it finds there; and the update is the same, but longer, where nothing was
// prepared.
#pragma once

#include "payload/migration.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lockstep {

// Runs the script on live databases, which SQLite opens for reading only, and on `prepared`, which must exist
// and may be empty. Each statement is a transaction: whoever writes to a live database waits for one
// statement at the most, and a kill or a power cut loses one at the most. `ask` is called before each
// statement, and may throw. Returns how many rows the script inserted, updated or deleted. Throws Error:
// migration_failed with the script's line where the script is wrong or would write elsewhere, busy where a
// live database was locked for a minute; what was prepared so far stays.
std::int64_t run_preparation(const std::vector<DatabaseFile>& live, const std::string& prepared,
                             const std::string& name, const std::string& text,
                             const std::function<void()>& ask);

} // namespace lockstep
