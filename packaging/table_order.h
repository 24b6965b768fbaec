// The order in which tables are told and rebuilt.
#pragma once

#include "packaging/database_schema.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace lockstep {

// `names` so that each comes after all that `before` names for it, as far as they are among `names`. Where
// they go round in a circle, the circle is opened at the first of its names. Otherwise in the order given.
std::vector<std::string> in_order(const std::vector<std::string>& names,
                                  const std::map<std::string, std::set<std::string>>& before);

// For each table the tables that its foreign keys refer to, without itself; all in lower case.
std::map<std::string, std::set<std::string>> referred_tables(const DatabaseSchema& schema);

} // namespace lockstep
