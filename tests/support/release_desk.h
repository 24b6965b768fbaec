// What the release manager sees of a rehearsal, and what it must leave alone.
#pragma once

#include "tests/support/workshop.h"

namespace lockstep {

// One row of each kind that a rehearsal of release 1.1.0 may have to do with.
class ReleaseDesk {
  public:
    ReleaseDesk();

    Workshop& workshop() { return workshop_; }
    std::string sample() const { return workshop_ / "samples/register-1.0.0.db"; }
    std::string evidence() const { return workshop_ / "rehearsal.json"; }
    std::string release() const { return workshop_ / "release-1.1.0.toml"; }

    // migrations/1.1.0/<name>
    void script(const std::string& sql, const std::string& name = "all.sql");
    // release-1.1.0.toml with these lines
    void declare(const std::string& lines);
    // `lockstep rehearse`, with a TMPDIR of its own.
    Ran rehearse(std::vector<std::string> words = {});
    // The same, which has to leave the samples to the byte, nothing in TMPDIR, and evidence only of success;
    // what it left otherwise stands in `left`.
    Ran watched(std::string& left, std::vector<std::string> words = {});

  private:
    Workshop workshop_;
};

// The declarations that a message offers to paste into release.toml.
std::string offered(const std::string& message);

} // namespace lockstep
