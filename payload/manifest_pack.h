// The manifest as it travels: one zstd frame. Its paths and hashes come again in each revision, and would
// otherwise outweigh small deltas. These bytes are what is signed: nothing is unpacked before its signatures
// were verified.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

// The same bytes for the same text.
std::string packed_manifest(std::string_view json);
// Throws Error (not_trusted) where it isn't one whole frame, or unpacks to more than manifest_limit.
std::string unpacked_manifest(std::string_view packed);

} // namespace lockstep
