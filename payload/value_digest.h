// An order-free digest of a column's values, as an SQL aggregate.
#pragma once

#include "payload/sqlite.h"

namespace lockstep {

// Registers the aggregate lockstep_digest(value): the sum, modulo 2^128, of the first 16 bytes of the SHA-256
// of each non-NULL value with its type, as 32 hexadecimal digits. Equal for the same values of the same types
// in any order; one value more, less or different makes another digest. Needs the same memory for any number
// of rows.
void register_value_digest(Database& database);

} // namespace lockstep
