// Stands in for payload/migration.cpp until that is there.
#include "payload/migration.h"

namespace lockstep {
bool WrittenTables::contains(const std::string& database, const std::string& table) const {
    return everything || tables.contains({database, table});
}
} // namespace lockstep
