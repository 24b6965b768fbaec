// A release's migration as one SQL script, for people who run it by hand.
#pragma once

#include "packaging/release.h"

#include <string>

namespace lockstep {

// The scripts above version `from` up to `to`, each under a comment with its name, in one transaction. A
// script that begins or commits by itself stands outside of it. `platform` adds that platform's scripts.
// Throws Error (wrong_usage) where only Lockstep could run it: its own SQL functions, programs; or where the
// versions aren't the release's.
std::string combined_sql(const Release& release, const std::string& from, const std::string& to,
                         const std::string& platform);

// Whether a script holds BEGIN, COMMIT, END or ROLLBACK as a statement of its own.
bool has_own_transaction(const std::string& sql);

} // namespace lockstep
