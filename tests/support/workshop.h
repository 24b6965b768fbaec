// A release manager's folder and the installations made from it, through the real executables.
//
// The made application "register" has three revisions. 1.0.0 -> 1.1.0 changes app and lib/changed.txt, adds
// lib/added.txt and new folder/ünï.txt, removes lib/removed.txt, ships settings.ini (preserved), and adds a
// NOT NULL column. 1.2.0 renames a column. Its entry point `app` is a native program (a copy of sleep, with
// the version appended).
#pragma once

#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tree.h"

#include <string>
#include <vector>

namespace lockstep {

class Workshop {
  public:
    Workshop(); // keys "key", code trees, samples, migrations, release-1.1.0.toml

    std::string operator/(const std::string& name) const { return folder_ / name; }
    const std::string& path() const { return folder_.path(); }

    // Each throws std::runtime_error with what the program said, where it fails.
    std::string rehearse(const std::string& release); // returns its stdout
    // rehearse + build; returns the bundle's path. `key`: the name given to keygen.
    std::string bundle(const std::string& release, const std::string& key = "key",
                       const std::vector<std::string>& more = {}); // words for `build`
    std::string wrapped(const std::string& bundle);                // an update executable
    void keygen(const std::string& name);

    // release-<version>.toml from these lines before [[previous]], and these previous versions.
    std::string release(const std::string& version, const std::vector<std::string>& previous,
                        const std::string& more = {}, const std::string& database_more = {});
    // An installation of 1.0.0 (or another) with its database, of `rows` people; returns its root.
    std::string install(const std::string& name, const std::string& version = "1.0.0", int rows = 50);
    std::string database(const std::string& root) const { return root + "/data/register.db"; }

    Ran lockstep(std::vector<std::string> words) const;
    // update --root ROOT WORDS
    Ran update(const std::string& root, std::vector<std::string> words) const;
    // update --root ROOT --bundle BUNDLE --trust key.pub WORDS
    Ran apply(const std::string& root, const std::string& bundle, std::vector<std::string> words = {}) const;

  private:
    void make_code(const std::string& version);
    void make_sample(const std::string& version);
    void make_migrations();
    TemporaryFolder folder_;
};

// The SQL of a revision's schema, and of `rows` people in it.
std::string register_schema(const std::string& version);
std::string register_rows(const std::string& version, int rows);

// Through the sqlite3 program: a process of its own. Throws where it fails.
std::string sqlite(const std::string& database, const std::string& sql);

} // namespace lockstep
