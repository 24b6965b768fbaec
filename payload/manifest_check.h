// The rules that a manifest keeps beyond its shape: the same when it is written and when it is read.
#pragma once

#include "payload/manifest.h"

namespace lockstep {

// The first rule that `manifest` breaks, as a sentence that names what breaks it, or nothing.
std::optional<std::string> manifest_refusal(const Manifest& manifest);

// The gate stands at the entry points of what is installed as well as at the new ones.
bool has_entry_points(const Manifest& manifest);

} // namespace lockstep
