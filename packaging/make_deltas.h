// Which new files travel as deltas, and these deltas.
#pragma once

#include "packaging/release.h"
#include "payload/manifest.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lockstep {

struct Deltas {
    std::vector<DeltaFrame> frames;   // with offsets from the end of the archive
    std::vector<std::string> content; // of each frame, in the payload
};

// A new file travels as deltas where each previous version that lacks its content has a file like it (of the
// same path, else of the same name), and all the deltas together are smaller than the file compressed by
// itself. Files larger than difference_limit travel whole. `level` is zstd's, 1 to 22; `progress` is told the
// part that is done, from 0 to 1, from any thread. The same result for the same files, on however many cores.
// Throws Error (wrong_usage) where a file is no longer what the manifest lists.
Deltas make_deltas(const Release& release, const Manifest& manifest, int level,
                   const std::function<void(double)>& progress);

} // namespace lockstep
