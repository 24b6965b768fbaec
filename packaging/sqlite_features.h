// Which SQLite knows which words of SQL: https://sqlite.org/changes.html, the release notes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// The version of SQLite in this engine: "3.40.1".
std::string engine_sqlite();

// "FULL JOIN needs SQLite 3.39" for each thing in the SQL that came after `version` ("3.31", "3.31.1").
std::vector<std::string> features_above(std::string_view sql, const std::string& version);

// "STRICT needs SQLite 3.37" where that is above `version`; else empty.
std::string if_above(const std::string& version, const std::string& what, const std::string& needed);

// Throws Error (wrong_usage) where it is no version of SQLite.
void require_sqlite_version(const std::string& version);

} // namespace lockstep
