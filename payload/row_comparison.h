// Counts what differs between the rows of an old table and of a new one, each in one pass of SQL with bounded
// memory.
//
// Values are the same where they have the same type and the same bytes: 'a' is not 'A' whatever the column's
// collation, and 5 is not 5.0.
#pragma once

#include "payload/loss_keys.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

struct ColumnPair {
    std::string older;
    std::string newer;
};

// SQL, true where the values differ; of "old" and "new" as a RowMatch joins them.
std::string values_differ(const ColumnPair& pair);
// True where any pair differs; "0" for none.
std::string any_differs(const std::vector<ColumnPair>& pairs);

struct RowCounts {
    std::int64_t rows = 0;             // old ones
    std::int64_t missing = 0;          // old ones without a partner
    std::vector<std::int64_t> changed; // for each pair of columns: old rows whose partner has another value
    std::vector<std::int64_t> values;  // for each of `counted`, which are old columns: those that aren't NULL
};
RowCounts count_differences(Database& database, const RowMatch& match, const std::vector<ColumnPair>& pairs,
                            const std::vector<std::string>& counted = {});

// `columns` (SQL) of the first three rows of `from` for which `condition` is true, each row as a person would
// read it: "17", or "(2, 'north')". In the order of `order` (SQL).
std::vector<std::string> first_rows(Database& database, const std::vector<std::string>& columns,
                                    const std::string& from, const std::string& condition,
                                    const std::vector<std::string>& order);

// The keys of the first three rows for which `condition` is true, as " (keys 17, 18, 40)".
std::string sample_keys(Database& database, const RowMatch& match, const std::string& from,
                        const std::string& condition);

// Of each column: how many values aren't NULL, and their order-free digest.
struct ColumnDigest {
    std::int64_t values = 0;
    std::string digest;
    bool operator==(const ColumnDigest&) const = default;
};
std::vector<ColumnDigest> digests(Database& database, const TableInfo& table,
                                  const std::vector<std::string>& columns);

std::int64_t row_count(Database& database, const TableInfo& table);

} // namespace lockstep
