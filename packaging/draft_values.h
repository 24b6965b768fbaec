// Values that a draft can't hand on as they are: which rows of the old database have some.
#pragma once

#include "packaging/draft_plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

struct RowsAtRisk {
    std::int64_t count = 0;
    std::vector<std::string> samples; // of the first three
    std::string keys() const;         // "keys 1, 4"
};

// The old table's rows that meet the condition, SQL over the row "old", each by its key.
RowsAtRisk rows_where(const DraftInput& input, const TableSchema& older, const std::string& condition);

// The same, for rows whose value becomes another one when a column of `newer`'s type takes it; `value` is SQL
// over the rows of `from`, and `was` what the old column `older` had. The samples say what becomes of each.
struct ConvertedValue {
    std::string from;
    std::string was;
    std::string value;
    const SchemaColumn& older;
    const SchemaColumn& newer;
};
RowsAtRisk rows_converted(const DraftInput& input, const TableSchema& older, const ConvertedValue& one);

// SQL, true where the old column would have back what it had, with its type and bytes, if it were given
// `now`.
std::string gives_back(const std::string& was, const std::string& now, const SchemaColumn& older);

// What tells one row of a table from another, as columns of "old".
std::vector<std::string> key_of_old_row(const TableSchema& older);

} // namespace lockstep
