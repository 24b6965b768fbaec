// What has to be done to one file to make another of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// A part of a delta (payload/delta.h), with what of the old file it is to be compressed against.
struct Difference {
    std::string control;
    std::string places;
    std::string values;
    std::string inserted;
    std::uint64_t offset = 0; // in the old file, bytes
    std::uint64_t size = 0;   // bytes
};

// Both files in memory, and five times the old one's size beside them; each at most difference_limit bytes.
// In one part, unless they are large. The same for the same files.
constexpr std::uint64_t difference_limit = 512u << 20;
std::vector<Difference> difference(std::string_view old_file, std::string_view new_file);

} // namespace lockstep
