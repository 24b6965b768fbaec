// A release manager with an old database and a migration from 1.0.0 to 1.1.0: lint, rehearsal, update.
#pragma once

#include "tests/support/workshop.h"

#include <string>
#include <vector>

namespace lockstep {

class MigrationDesk {
  public:
    explicit MigrationDesk(const std::string& older_sql); // old.db, and two code trees

    std::string operator/(const std::string& name) const { return folder_ / name; }
    const std::string& path() const { return folder_.path(); }
    std::string older() const { return folder_ / "old.db"; }

    // migrations/1.1.0/<name>
    void script(const std::string& sql, const std::string& name = "all.sql") const;
    // release.toml with these lines before [[previous]] and under [[database]].
    void release(const std::string& lines = {}, const std::string& database_lines = {}) const;

    Ran lockstep(std::vector<std::string> words) const;
    // `lockstep lint release.toml --db old.db MORE`
    Ran lint(std::vector<std::string> more = {}) const;
    Ran rehearse() const { return lockstep({"rehearse", "release.toml"}); }

    // The release rehearsed, built and signed, and an installation of 1.0.0 with old.db updated by it;
    // returns the installation's root. Throws std::runtime_error with what was said where anything fails.
    std::string updated() const;
    static std::string database(const std::string& root) { return root + "/data/app.db"; }

  private:
    void must(const Ran& ran, const std::string& what) const;
    TemporaryFolder folder_;
};

// What `lint --json` found: "kind place: before > after keys", a line for each risk.
std::vector<std::string> risks_in(const Ran& ran);

} // namespace lockstep
