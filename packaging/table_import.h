// `lockstep import`: CSV files, as `lockstep export` writes them, into the tables of a database.
#pragma once

#include "packaging/table_export.h"

namespace lockstep {

// One transaction: all rows of all files are in the database when it returns, or, where it throws, none.
// Columns are found by their names in a file's first row; a column that isn't named there gets its default. A
// row whose key is there already ends it, or with `overwrite` changes the named columns of that row.
// References must hold at the end; what they say of changed keys is done. Triggers don't run: a row arrives
// as it was. Throws Error (wrong_usage) naming file, line and column: of a table or column that isn't there,
// a value that the column doesn't take or keep as it is, a key that is there, a reference to a row that
// isn't; busy; no_room_or_right.
Carried import_tables(const std::string& folder, const std::string& file, bool overwrite);

} // namespace lockstep
