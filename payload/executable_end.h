// Where an executable's own bytes end. In a PE an Authenticode signature may follow them: it is written last,
// over everything before it, and the PE's header tells where it begins.
#pragma once

#include "payload/bytes.h"

namespace lockstep {

// The file's size; for a PE that ends with a certificate table, where what was signed ends. The zero bytes
// that the signer filled up to a multiple of 8 are not part of it, if what stands before them ends as
// `ending` does.
std::uint64_t executable_end(const ByteSource& file, std::string_view ending);

} // namespace lockstep
