// Two databases that are compared, on one connection that writes to neither.
#pragma once

#include "packaging/pairing.h"

#include <string>

namespace lockstep {

struct ComparedDatabases {
    Database database; // main is the older one, "newer" the newer
    DatabaseSchema older;
    DatabaseSchema newer;
};

// A database that is only read: nothing grows beside it. Throws Error (wrong_usage) naming the file: it isn't
// there, is empty or damaged, or is no database.
Database open_to_read(const std::string& file);

// Throws as open_to_read().
ComparedDatabases open_compared(const std::string& older, const std::string& newer);

} // namespace lockstep
