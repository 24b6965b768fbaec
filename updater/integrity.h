// SQLite's own checks of a database, as sentences; none where all is well. A file that can't be read, for a
// disk that fails or want of memory, is no damage: that is an Error, internal_error.
#pragma once

#include "payload/sqlite.h"

#include <string>
#include <vector>

namespace lockstep {

// integrity_check: what is damaged in the whole file.
std::vector<std::string> integrity_violations(Database& database, const std::string& schema);

// Each virtual table's own check. `damage_only`: leaves out a check that can't be made, for want of a
// tokenizer and the like.
std::vector<std::string> virtual_table_violations(Database& database, const std::string& schema,
                                                  bool damage_only = false);

// Foreign keys that `schema` breaks and `before_schema` didn't, per table. `before_schema` is empty for a
// database that is new.
std::vector<std::string> foreign_key_violations(Database& database, const std::string& schema,
                                                const std::string& before_schema);

} // namespace lockstep
