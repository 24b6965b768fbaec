// The migrations/ folder: migrations/<X.Y.Z>/ holds what brings data to that version.
//
//   prepare.sql · all.sql · *.run.toml · <platform>.sql
//                                             run in this order, programs in the order of their names
//   revert.sql · checks.sql                   the way back; queries that must return no row
//
// migrations/init/ holds what makes the databases of the release's version where there are none: the same but
// for prepare.sql and revert.sql: before it there is nothing.
//
// Folders ending in "-SNAPSHOT" are left alone; any other file or folder is refused by name, because a
// misspelt script would otherwise not run, in silence.
#pragma once

#include "packaging/release.h"
#include "payload/manifest.h"

#include <map>
#include <string>
#include <vector>

namespace lockstep {

constexpr std::uint64_t script_limit = 1u << 30; // bytes; SQLite takes no longer text

struct MigrationSource {
    std::string path; // on the release manager's machine
    std::string sha256;
    std::uint64_t size = 0;
};

struct Migrations {
    std::vector<Migration>
        migrations; // ascending; above the lowest previous version, up to the release's own
    std::optional<Migration> init;
    std::map<std::string, MigrationSource> sources; // every file read, by its name: "1.1.0/all.sql"
};

// Throws Error (wrong_usage) naming the file or folder.
Migrations read_migrations(const Release& release);

// The platforms to be told apart: the release's where a script is for one of them, or one is critical; else
// one without a name.
std::vector<std::string> platforms_that_differ(const Release& release, const Migrations& migrations);
// Those of them where databases may be initialised.
std::vector<std::string> platforms_to_initialise(const Release& release, const Migrations& migrations);

} // namespace lockstep
