// References of imported rows to rows that aren't there.
#pragma once

#include "packaging/database_schema.h"

#include <string>

namespace lockstep {

// Throws Error (wrong_usage) naming file, line and column of the first row of the CSV file whose reference
// leads nowhere. Rows that were in the table before are not asked.
void require_references(Database& database, const TableSchema& table, const std::string& csv_file);

} // namespace lockstep
