// Which table and column of the old schema became which of the new one: by the same name, by decision, or by
// inference.
#pragma once

#include "packaging/database_schema.h"
#include "packaging/decisions.h"
#include "packaging/inference.h"
#include "payload/sqlite.h"

#include <map>
#include <string>
#include <vector>

namespace lockstep {

// All names in lower case.
struct Pairing {
    std::map<std::string, std::string> tables;       // old -> new
    std::map<std::string, std::string> renamed_from; // new -> old, where the names differ
    std::map<std::string, std::map<std::string, std::string>>
        columns;                       // old table -> old column -> new column
    std::vector<Inference> inferences; // in the order of their kinds, the most confident first

    void pair(const std::string& old_table, const std::string& new_table);
    // The other schema's name; nullptr where there is none.
    const std::string* new_table(const std::string& old_table) const;
    const std::string* old_table(const std::string& new_table) const;
    const std::string* new_column(const std::string& old_table, const std::string& old_column) const;
    const std::string* old_column(const std::string& old_table, const std::string& new_column) const;
};

// `database` has both: older.schema and newer.schema are its names for them. Reads rows (some thousand at
// most) where both have some to compare.
Pairing pair_schemas(Database& database, const DatabaseSchema& older, const DatabaseSchema& newer,
                     const Decisions& decisions);

} // namespace lockstep
