// What must hold after `update recover`, wherever the run before it was cut off: the installation is exactly
// the old version or exactly the new one, what is said agrees, nothing is left over, and from there an update
// and a rollback work.
#pragma once

#include "tests/support/engine.h"

#include <set>
#include <string>

namespace lockstep {

enum class Version { before, after }; // the command that was cut off

class RecoveryCheck {
  public:
    RecoveryCheck(const SwapWorkshop& shop, EngineCommand command);

    // Recovers the installation at `root` with the real executable, and goes on from there. What doesn't hold
    // is a failure of the test.
    Version recover_and_check(const std::string& root);

    // From how many different states, as recovery left them, an update and a rollback were tried: states that
    // differ in the times of the ledger alone count as one.
    std::size_t continued() const { return continued_.size(); }

  private:
    void expect_says(const Ran& recovered, Version version) const;
    void expect_to_go_on(const std::string& root);

    const SwapWorkshop& shop_;
    const Tree& before_;
    const Tree& after_;
    std::set<std::string> continued_; // digests
};

} // namespace lockstep
