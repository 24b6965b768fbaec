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

// Throws Error (wrong_usage) naming the file: it isn't there, is damaged, or is no database.
ComparedDatabases open_compared(const std::string& older, const std::string& newer);

} // namespace lockstep
