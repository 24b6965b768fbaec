#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

// "512 bytes", "1.4 KiB", "23.0 MiB": for people.
std::string human_size(std::uint64_t bytes);

} // namespace lockstep
