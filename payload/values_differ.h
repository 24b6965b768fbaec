// Whether two rows differ, as an SQL function: one call for a row instead of a comparison of values and one
// of types for each column.
#pragma once

#include "payload/sqlite.h"

#include <cstddef>

namespace lockstep {

// SQLite allows a function 127 arguments: https://sqlite.org/limits.html
inline constexpr std::size_t pairs_for_values_differ = 63;

// Registers lockstep_values_differ(older, newer, older, newer, …): 1 where a pair has different types or
// different bytes, else 0. 5 is not 5.0, 'a' is not 'A', NULL is NULL; 0.0 and -0.0 count as different. Both
// sides' texts have to have one encoding, as databases of one connection do.
void register_values_differ(Database& database);

} // namespace lockstep
