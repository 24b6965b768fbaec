// `lockstep export`: tables of a database as CSV files (packaging/csv_folder.h, packaging/csv_value.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

struct CarriedTable {
    std::string table;
    std::string file;
    std::int64_t rows = 0;
};

struct Carried {
    std::vector<CarriedTable> tables; // in their order
    std::vector<std::string> notes;   // what was left out, or didn't happen, for people
};

// Writes these tables (none named: all but virtual ones) of `file` into the folder `out`, which appears whole
// and synced or not at all. All of them are read in one transaction, and the database isn't changed. Not
// carried: generated columns, which are computed again, and virtual tables, whose content is in others.
// Throws Error: wrong_usage naming the table that isn't there, the file that is no database, or the value
// that could not come back; no_room_or_right.
Carried export_tables(const std::string& file, const std::vector<std::string>& tables,
                      const std::string& out);

} // namespace lockstep
