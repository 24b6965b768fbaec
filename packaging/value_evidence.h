// What rows say where both databases have some.
#pragma once

#include "packaging/database_schema.h"
#include "payload/sqlite.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

// Two tables of one connection whose rows are compared by their primary keys.
struct RowsToCompare {
    Database& database;
    std::string older_schema;
    std::string newer_schema;
    const TableSchema& older;
    const TableSchema& newer;
};

struct ValueEvidence {
    std::int64_t compared = 0; // pairs of values that aren't both NULL
    std::int64_t same = 0;
    std::int64_t distinct = 0; // among the old values: 'F' everywhere says nothing

    bool speaks_for() const { return distinct >= 3 && same * 20 >= compared * 19; }
    bool speaks_against() const { return compared >= 5 && same * 5 < compared; }
};

// `columns`: the old name and the new one of each. Nothing compared where the keys differ, or either has no
// rows.
ValueEvidence compare_values(const RowsToCompare& rows,
                             const std::vector<std::pair<std::string, std::string>>& columns);

} // namespace lockstep
