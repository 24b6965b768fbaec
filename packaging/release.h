// What the release manager writes: release.toml (DESIGN.md section 5).
//
// Every path of a Release that names a file on the release manager's machine is resolved against
// release.toml's folder; paths under the install root (entry points, databases' places) stay as written.
#pragma once

#include "payload/manifest.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// SQLite attaches ten by default; a migration has each database and its backup at once.
constexpr std::size_t database_limit = 5;

// [[previous]]: a revision that the bundle can start from.
struct PreviousRevision {
    std::string version;
    std::string code;                                     // folder
    std::optional<std::vector<std::string>> entry_points; // nothing: those of the release that this tree has
    std::map<std::string, std::vector<std::string>>
        samples; // database name -> files whose schema is accepted
};

struct Release {
    std::string file;   // release.toml itself
    std::string folder; // the one it lies in
    std::string product;
    std::string version;
    std::string floor;                  // the version itself where nothing is said
    std::optional<std::string> expires; // RFC 3339, UTC
    std::string code;                   // folder
    std::string migrations;             // folder; empty: none
    std::vector<std::string> platforms;
    std::vector<std::string> critical_platforms;
    std::vector<std::string> preserve;
    std::vector<std::string> entry_points;
    std::vector<std::string> locations;
    std::vector<std::string> trust; // files that `lockstep trust` wrote, oldest first
    bool set_aside_local_changes = false;
    Declarations declarations;
    std::optional<Health> health;
    std::vector<PreviousRevision> previous; // ascending
    std::vector<DatabaseEntry> databases;   // the first is a script's main
};

// Reads and checks it. Throws Error (wrong_usage) that names the line for what TOML holds wrongly, and the
// key for what breaks a rule: unknown keys, wrong types, versions, paths, database names, folders that aren't
// there.
Release read_release(const std::string& file);
// The same for text that stands in `file`; folders and files that it names aren't looked for.
Release parse_release(std::string_view text, const std::string& file);

} // namespace lockstep
