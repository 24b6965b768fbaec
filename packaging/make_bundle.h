// From a release and its evidence to a bundle. The same inputs give the same bytes.
#pragma once

#include "packaging/evidence.h"
#include "packaging/release.h"
#include "payload/manifest.h"
#include "payload/signature.h"

#include <functional>
#include <string>
#include <vector>

namespace lockstep {

// The gate beside the running executable.
std::string default_gate();

// Of a sample or another copy of a database; nothing grows beside it. Throws Error (wrong_usage) where it
// isn't a whole database: a -wal or a -journal beside it may hold a part of it.
Fingerprint fingerprint_of_copy(const Release& release, const DatabaseEntry& entry, const std::string& path);

// Everything of the manifest but the payload's size and pieces. Lists and hashes the code trees, and takes
// the fingerprints of the samples; the target's schemas are the evidence's (none where it has none: a
// rehearsal makes its own bundle before it knows them). `gate` is used only where there are entry points.
// Throws Error (wrong_usage) naming what doesn't fit: an entry point that isn't in its tree, a trust document
// of another product, a sample that is no database, no gate.
Manifest make_manifest(const Release& release, const Evidence& evidence,
                       const std::string& gate = default_gate());

// Below this, deltas save a link little, and what every file travels whole in can replace whatever was
// changed, lost or damaged on a laptop.
constexpr std::uint64_t small_tree = 2u << 20; // bytes

struct Packing {
    int level = 1;                  // zstd's, of the archive: 1 to 19
    int delta_level = 0;            // zstd's, 1 to 22; 0: no deltas
    bool whole_files = false;       // as where local changes are set aside: every file travels whole
    bool small_trees_whole = false; // so does a code tree of at most small_tree bytes
    std::function<void(double)> progress = [](double) {}; // with the deltas, 0 to 1; called from any thread
};

// Writes payload and bundle. `out` is the old file or the whole new one, synced. Throws Error (wrong_usage)
// where a file is no longer what the manifest lists.
void write_bundle(const Release& release, Manifest manifest, const std::vector<PrivateKey>& keys,
                  const std::string& out, const Packing& packing, const std::string& gate = default_gate());

} // namespace lockstep
