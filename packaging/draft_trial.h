// Runs a draft by the real engine: on an empty database of the old schema, whose result is held against the
// new one, and on the old database's own rows.
#pragma once

#include "packaging/draft_plan.h"

#include <optional>
#include <string>

namespace lockstep {

// Throws Error (wrong_usage) naming the statement that fails, or the objects that aren't as in the new
// schema.
void try_draft(const DraftInput& input, const std::string& name, const std::string& script,
               const std::string& work);

// Where a script stopped, and why, in the system's own words.
struct StoppedAt {
    int line = 0;
    std::string reason;
};
// Runs it on a copy of the old database, which is removed; nothing where it runs to its end.
std::optional<StoppedAt> try_on_rows(const DraftInput& input, const std::string& name,
                                     const std::string& script, const std::string& work);

} // namespace lockstep
