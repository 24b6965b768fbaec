// An installation under test, and what it held before the run: "nothing changed" is said of the whole tree,
// of .lockstep, of the databases' bytes and of their sidecar files.
#pragma once

#include "tests/support/workshop.h"

#include <string>
#include <vector>

namespace lockstep {

// A workshop and its bundle 1.0.0 -> 1.1.0, made once for all tests of a program; only read from.
Workshop& common_workshop();
const std::string& common_bundle();
// The same, built with --whole-files: it can replace whatever was changed.
const std::string& common_whole_bundle();
// The same release with more lines in release.toml, and what else it needs; made once for each `name`.
std::string bundle_with(const std::string& name, const std::string& more);

class Installation {
  public:
    explicit Installation(const std::string& version = "1.0.0", int rows = 50);
    // In the folder `root`, which exists and is empty or doesn't exist.
    Installation(const std::string& root, const std::string& version, int rows);

    const std::string& root() const { return root_; }
    std::string operator/(const std::string& path) const { return root_ + "/" + path; }
    std::string database() const { return root_ + "/data/register.db"; }
    std::string sql(const std::string& text) const { return sqlite(database(), text); }
    // What an update must not lose, in whichever version.
    std::string people() const;

    // What the next expectations compare with; taken when the installation is made.
    void remember();
    const Tree& before() const { return before_; }

    Ran apply(const std::vector<std::string>& words = {}) const; // of common_bundle()
    Ran apply(const std::string& bundle, const std::vector<std::string>& words) const;
    Ran update(const std::vector<std::string>& words) const;

    // Each part of `message` stands in what a person reads; the code is this; and nothing changed, in
    // .lockstep either.
    void expect_untouched(const Ran& ran, int code, const std::vector<std::string>& message) const;
    // The code and data of 1.1.0 are there, and no row is lost.
    void expect_updated(const Ran& ran) const;
    // After a rollback: all but .lockstep is as it was remembered.
    void expect_rolled_back(const Ran& ran) const;

  private:
    TemporaryFolder folder_;
    std::string root_;
    Tree before_;
};

} // namespace lockstep
