// The trust documents that a release carries (payload/trust.h).
#pragma once

#include "packaging/release.h"
#include "payload/trust.h"

#include <string>
#include <vector>

namespace lockstep {

// One file that `lockstep trust` wrote.
SignedDocument read_trust_document(const std::string& path);

// The release's documents, oldest first. Throws Error (wrong_usage) where one is of another product, the
// versions don't rise by one, or one isn't signed by its predecessor: no laptop could follow such a chain.
std::vector<SignedDocument> read_trust_chain(const Release& release);

} // namespace lockstep
