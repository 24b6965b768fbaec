// A release manager with two databases and nothing else: diff, draft, and a rehearsal of what was drafted.
#pragma once

#include "tests/support/migration_desk.h"

#include <string>
#include <vector>

namespace lockstep {

class DraftDesk {
  public:
    // Each database made from this SQL; `newer` describes a schema, with rows or not.
    DraftDesk(const std::string& older, const std::string& newer);

    std::string operator/(const std::string& name) const { return desk_ / name; }
    std::string older() const { return desk_.older(); }
    std::string newer() const { return desk_ / "new.db"; }

    Ran diff(const std::vector<std::string>& more = {}) const;
    // Into migrations/1.1.0; `decisions` as a file's text.
    Ran draft(const std::string& decisions = {}) const;
    std::string script(const std::string& name = "all.sql") const; // empty where there is none

    // A release of what was drafted, with the declarations that it printed, rehearsed by the real engine on
    // old.db: update, rollback, and the way back where there is one.
    Ran rehearse(const Ran& drafted) const;
    // The same, and the update of an installation with old.db: returns the database's path. Throws
    // std::runtime_error with what was said where anything fails.
    std::string updated(const Ran& drafted) const;

  private:
    void declare(const Ran& drafted) const;
    MigrationDesk desk_;
};

} // namespace lockstep
