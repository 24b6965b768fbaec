// Keys that may be pinned: a trust document names none twice, and no more than a limit.
#pragma once

#include "payload/signature.h"

#include <cstddef>
#include <vector>

namespace lockstep {

constexpr std::size_t trusted_keys_limit =
    64; // in a document, and wherever keys that may be pinned come from

// The keys in their order, each where it comes first.
std::vector<PublicKey> each_once(const std::vector<PublicKey>& keys);

} // namespace lockstep
