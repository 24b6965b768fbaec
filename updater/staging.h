// Staging: the new files, verified, on the live files' own volume, in the slots from which the swap takes
// them.
#pragma once

#include "payload/bundle.h"
#include "updater/ledger.h"
#include "updater/plan.h"
#include "updater/progress.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

// Fills .lockstep/work/<transaction>/slots and returns the placements for the code: files, folders, entry
// points with their gates. What the installation has already (by hash) is copied from it, what the bundle has
// as a delta is made from an installed file, the rest is unpacked from the payload; each result is hashed
// again. Throws Error (not_recognised) where a file was changed locally and the bundle can't replace it.
// Nothing is synced: the caller syncs the volume once for the whole set.
std::vector<Placement> stage_code(FileSystem& files, const Layout& layout, std::int64_t transaction,
                                  const VerifiedBundle& bundle, const Recognised& found, const Plan& plan,
                                  Progress& progress);

// Puts one file into a slot: content from `source`, mode, and the owner of the file that it replaces (or of
// the folder that it is added to). Throws Error (internal_error) where its hash isn't `sha256`.
KnownFile stage_file(FileSystem& files, const Layout& layout, const Placement& placement,
                     const ByteSource& source, const std::string& sha256, std::uint32_t mode);
// The mode and owner that stage_file gives.
void give_rights(FileSystem& files, const Layout& layout, const std::string& path, const std::string& slot,
                 std::uint32_t mode);

// The gate program that the bundle brings.
std::string unpack_gate(const VerifiedBundle& bundle);
// The gate as an entry point's stand-in, while the swap runs; `placement.gate_slot` is to be set.
KnownFile stage_gate(FileSystem& files, const Layout& layout, const Placement& placement,
                     const ByteSource& gate);

} // namespace lockstep
