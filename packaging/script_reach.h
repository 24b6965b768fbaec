// What of a schema a script can reach, so that a trial of it needs no more: SQLite takes the longer for each
// table that is made the more there are.
#pragma once

#include "packaging/database_schema.h"

#include <set>
#include <string>

namespace lockstep {

// Of `older`, the tables that the script, a trigger or a view names, those that refer to one that the script
// names, virtual tables, and those that `newer` has otherwise or not at all; with those that they refer to,
// their indexes, and all triggers and views.
DatabaseSchema reach_of(const std::string& script, const DatabaseSchema& older, const DatabaseSchema& newer);

// The tables and indexes of `whole` that `part` doesn't have, as a fingerprint names them: "table patient".
std::set<std::string> left_out(const DatabaseSchema& part, const DatabaseSchema& whole);

} // namespace lockstep
