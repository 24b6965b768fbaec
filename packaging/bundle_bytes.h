// Where the bytes of a bundle go.
#pragma once

#include "payload/bundle.h"

#include <ostream>

namespace lockstep {

// The parts of a bundle by their size, for people: the manifest, the archive and the largest files that
// travel whole, and the frames of deltas: from which version, for which files.
void print_bytes(std::ostream& out, const BundleHead& head, const Manifest& manifest);

} // namespace lockstep
