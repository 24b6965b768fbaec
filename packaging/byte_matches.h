// Where the bytes of a new file come from in an old one: byte by byte nearly alike, as the machine code of
// two versions is, where only addresses differ.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace lockstep {

// `copied` bytes are like those from `place` of the old file on; then `inserted` bytes are like none.
struct Match {
    std::uint64_t place = 0;
    std::uint64_t copied = 0;
    std::uint64_t inserted = 0;
};

// All of the new file, in its order. Throws Error (internal_error) where there isn't enough memory.
std::vector<Match> byte_matches(std::string_view old_file, std::string_view new_file);

} // namespace lockstep
