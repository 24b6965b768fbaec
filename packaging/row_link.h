// How the rows of an old table and those of a new one belong together, where the one isn't the other.
#pragma once

#include "packaging/pairing.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

struct RowLink {
    // The new table's column, and the old table's.
    std::vector<std::pair<std::string, std::string>> columns;
    std::string reason; // "pr_person_details.person_id refers to it"
    // A row of the old table may have no partner yet; else it is the new table's row that may have none.
    bool makes_rows = false;
};

// Decided keys first; then the new table's foreign key to what the old one became, the old table's to what
// the new one was, and a common key.
std::optional<RowLink> link_rows(const DatabaseSchema& older, const DatabaseSchema& newer,
                                 const Pairing& pairing, const Decisions& decisions,
                                 const TableSchema& old_table, const TableSchema& new_table);

} // namespace lockstep
