// Copies of live databases, as `--db [NAME=]FILE` names them, and the previous revision that each is of.
#pragma once

#include "packaging/release.h"
#include "payload/manifest.h"

#include <string>
#include <utility>
#include <vector>

namespace lockstep {

// The database's name and the file; a copy without a name is one of the first database.
std::pair<std::string, std::string> named_copy(const Release& release, const std::string& copy);

// The schemas of a previous revision's samples of this database, each once.
std::vector<Fingerprint> sample_schemas(const Release& release, const PreviousRevision& previous,
                                        const DatabaseEntry& database);

// The previous revision whose samples have this copy's schema. Throws Error (wrong_usage) with what differs
// where there is none; `doing`: "rehearse on".
const PreviousRevision& revision_of_copy(const Release& release, const std::string& name,
                                         const std::string& file, const std::string& doing);

} // namespace lockstep
