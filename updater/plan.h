// What has to change in the installation's code, and which migrations lead from the installed revision to the
// target.
#pragma once

#include "payload/manifest.h"
#include "updater/revision_match.h"

#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// A path whose file has to change. Without `old_file` the file is added, without `new_entry` it is removed.
struct FileChange {
    std::string path;
    std::optional<InstalledFile> old_file;
    std::optional<FileEntry> new_entry;
    bool entry_point = false; // a gate stands here during the swap
    bool changed = true;      // false: an entry point that stays as it is, but is gated all the same
    bool preserved = false;   // the user's own: shipped because it is absent
};

// A database on the way from one version to another. One that is neither `before` nor `after` came and went
// in versions between: scripts have it all the same.
struct DatabaseChange {
    DatabaseEntry entry;
    bool before = true; // there is a live file
    bool after = true;  // there is one afterwards
    // What the trial copy begins as: the live file's content (nothing, where there is none), another file's,
    // nothing.
    enum class Start { live, file, nothing };
    Start start = Start::live;
    std::string file;        // of Start::file, absolute
    std::string file_sha256; // what its copy has to hold in the end; empty where scripts change it
};

// Of all databases that some version on the way has, in the manifest's order.
std::vector<DatabaseChange> database_changes(const Manifest& manifest, const std::string& from);

// Where there is no database yet: those of the manifest's version, all to be made.
std::vector<DatabaseChange> initial_databases(const Manifest& manifest);

struct Plan {
    std::string from;                         // the installed revision's version
    std::vector<FileChange> changes;          // sorted by path
    std::vector<std::string> folders;         // to be made, outermost first
    std::vector<const Migration*> migrations; // ascending; or the one that makes the first databases
    std::vector<Script> scripts;              // of those, for this platform, in order
    std::vector<std::string> steps;           // the names of scripts and programs, in order
    std::vector<DatabaseChange> databases;    // none where there was no database, and the release makes none
};

// Throws Error (not_recognised) where a user's file stands in the way of a folder, and wrong_usage where
// `platform` is none of those that the release names, or is empty though a migration's scripts differ by it.
Plan make_plan(const FileSystem& files, const Layout& layout, const Manifest& manifest,
               const Recognised& found, const std::string& platform);

// The steps of one migration that run on `platform`.
std::vector<Step> steps_for(const Migration& migration, const std::string& platform);

} // namespace lockstep
