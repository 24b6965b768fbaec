// How much an installation holds, for the estimate.
#pragma once

#include "payload/estimate.h"
#include "updater/file_system.h"
#include "updater/layout.h"
#include "updater/plan.h"

namespace lockstep {

// How a rehearsal's measures call a database's tables: nothing for the first one's, else "database.".
std::string table_prefix(const Manifest& manifest, const DatabaseEntry& entry);

// Adds the rows of each table, under the prefix and its name, in lower case.
void count_rows(Database& database, const std::string& prefix, std::map<std::string, std::int64_t>& rows);

// Of the live databases that the plan begins with. Reads each of them once. Throws busy, live_damaged.
DataAmount data_amount(const FileSystem& files, const Layout& layout, const Manifest& manifest,
                       const Plan& plan);

} // namespace lockstep
