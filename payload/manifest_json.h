// Parts of a manifest that other documents hold as well.
#pragma once

#include "payload/json_strict.h"
#include "payload/manifest.h"

namespace lockstep {

Json database_json(const DatabaseEntry& database);
Json fingerprint_json(const Fingerprint& fingerprint);
Json rehearsal_json(const RehearsalRun& run);

} // namespace lockstep
