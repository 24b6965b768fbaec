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
// versions don't rise by one, or too few keys signed one: no laptop could follow such a chain.
std::vector<SignedDocument> read_trust_chain(const Release& release);

// Signed by enough of its own keys and, where there is one, of its predecessor's, for the same product and
// with the next version. follow() (payload/trust.h) passes over documents that a laptop can't judge; whoever
// makes a chain can't. Throws Error (not_trusted).
void require_successor(const Trust* before, const SignedDocument& document, const std::string& subject);

} // namespace lockstep
