// Which rows of an old table and of a new one belong together: said in SQL, so that SQLite decides what is
// equal, under the key's own collation.
#pragma once

#include "payload/loss_account.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// An SQL join of an old table ("old") with a new one ("new"), each old row once for each of its partners, or
// once without. The old table is read in its own order, and each partner is looked up.
struct RowMatch {
    std::string older;            // "before"."visit"
    std::string newer;            // "main"."visit"
    std::string on;               // the condition under which a row of each belong together
    std::string missing;          // true where the old row has no partner
    std::vector<std::string> key; // the old row's key, by which messages name it

    // What comes after FROM; a row that doesn't meet `also` is no partner.
    std::string joined(const std::string& also = "") const;
    // True where the old row has a partner, in a statement that may join other tables.
    std::string has_partner() const;
};

// The new table's name for an old column that may match rows; nullptr where that column may not.
using KeptName = std::function<const std::string*(const std::string& old_column)>;

// By the first key that both tables have and that holds no NULL in the old one: each old row has one partner
// at most.
std::optional<RowMatch> match_by_key(Database& database, const TableInfo& older, const TableInfo& newer,
                                     const KeptName& kept_name);

// For columns that moved to another table: through that table's foreign key to the old table's new self,
// through the old table's foreign key to the other one's old self, or by the same key. An old row may have
// several partners.
std::optional<RowMatch> match_to_other_table(Database& database, const LossAccount& account,
                                             const TableAccount& older, const TableInfo& target);

} // namespace lockstep
