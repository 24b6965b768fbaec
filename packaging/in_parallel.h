// Independent pieces of work on all cores.
#pragma once

#include <cstddef>
#include <functional>

namespace lockstep {

// Calls work(0) to work(count - 1), several at once, in any order, and returns when all have ended. Where
// some throw, throws what the one with the lowest number threw; those that hadn't begun by then are left out.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work);

} // namespace lockstep
