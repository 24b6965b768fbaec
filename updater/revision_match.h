// Recognises what is installed by content: which revision of the manifest the code and the databases agree
// on.
#pragma once

#include "payload/manifest.h"
#include "payload/sqlite.h"
#include "updater/file_system.h"
#include "updater/layout.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// A file of the installation that some revision names, as it is now.
struct InstalledFile {
    FileStatus status;
    std::string sha256; // empty where it is no regular file
};

struct Recognised {
    const Revision* revision = nullptr; // in the manifest
    bool up_to_date = false;       // it is the target, without a local change, and lacks no first database
    bool databases_absent = false; // the application was never started
    std::map<std::string, InstalledFile> files; // by path; those of all revisions that are there
    std::vector<std::string> local_changes;     // sentences
};

// Throws Error: not_recognised naming the first 20 differences, live_damaged for a database that can't be
// read, busy for one that is locked. Touches nothing, except that SQLite rolls back a hot journal. Locally
// changed code is accepted where `set_aside` says so. `had_databases`: an earlier update found them, so their
// absence is no beginning.
Recognised recognise(const FileSystem& files, const Layout& layout, const Manifest& manifest, bool set_aside,
                     bool had_databases);

// A live database, without a lock that outlives it, and without a checkpoint when it is closed.
Database open_live(const FileSystem& files, const std::string& path);

// The schema fingerprint of a live database, without a lock that outlives the call and without a checkpoint.
Fingerprint live_fingerprint(const FileSystem& files, const std::string& path, const DatabaseEntry& entry,
                             const Manifest& manifest);

} // namespace lockstep
