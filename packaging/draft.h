// Drafts a migration from one database to another.
#pragma once

#include "packaging/compared_databases.h"
#include "packaging/decisions.h"

#include <string>
#include <vector>

namespace lockstep {

struct Draft {
    std::string script;                   // all.sql
    std::string checks;                   // checks.sql; empty: none needed
    std::string revert;                   // revert.sql; empty: there is no way back
    std::string declarations;             // lines for release.toml
    std::vector<std::string> open;        // decisions; while there are some, the script ends before it begins
    std::vector<std::string> offers;      // what was not certain enough to be done
    std::vector<std::string> no_way_back; // why there is no revert.sql
};

// A draft without open decisions was run on an empty database of the old schema, and gave the new one, and
// ran to its end on a copy of the old rows. Throws Error (wrong_usage) that names the object: what the engine
// lacks, what the draft can't bring about, or a decision about something that isn't there. `work`: a folder
// for those two, which are removed.
Draft make_draft(ComparedDatabases& both, const Decisions& decisions, const std::string& work);

} // namespace lockstep
