// The rules of release.toml that go beyond its types.
#pragma once

#include "packaging/release.h"

namespace lockstep {

// Throws Error (wrong_usage) for the first rule that the release breaks.
void require_rules(const Release& release);
// Throws Error (wrong_usage) where a folder or file that the release names isn't there.
void require_files(const Release& release);

} // namespace lockstep
