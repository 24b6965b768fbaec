// The steps by which pair_schemas (pairing.h) pairs two schemas; each is a file of its own, and builds on
// those before it.
#pragma once

#include "packaging/pairing.h"

#include <set>
#include <string>
#include <vector>

namespace lockstep {

struct PairingWork {
    Database& database;
    const DatabaseSchema& older;
    const DatabaseSchema& newer;
    const Decisions& decisions;
    Pairing pairing;
    std::set<std::string> used_new; // "table.column" of the new schema, in lower case, that has an old one
    std::set<std::string> used_old; // the same of the old schema: an old column that goes on somewhere
    std::set<std::string> leaving = {};  // old columns that the decisions move to another table
    std::set<std::string> arriving = {}; // and the new ones that they become
};

void pair_tables(PairingWork& work);
void pair_decided_columns(PairingWork& work);
void pair_lookups(PairingWork& work);
void pair_columns(PairingWork& work);
void pair_moves(PairingWork& work);
void pair_merged_tables(PairingWork& work);
void note_types_and_defaults(PairingWork& work);

} // namespace lockstep
