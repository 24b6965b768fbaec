// What must hold after `update recover`, wherever the run before it was cut off: the installation is exactly
// the old version or exactly the new one, what is said agrees, nothing is left over, and from there an update
// and a rollback work.
#pragma once

#include "tests/support/engine.h"
#include "tests/support/seen_states.h"

#include <functional>
#include <string>

namespace lockstep {

enum class Version { before, after }; // the command that was cut off
inline std::string name_of(Version version) {
    return version == Version::before ? "the version before" : "the version after";
}

struct Recovered {
    Version version = Version::before;
    std::string faults; // what doesn't hold, for people; empty where all is well
};

class RecoveryCheck {
  public:
    using Recover = std::function<Ran(const std::string& root)>;
    // `recover`: how recovery is run; by the real executable where it isn't said.
    RecoveryCheck(const SwapWorkshop& shop, EngineCommand command, Recover recover = {});

    // Recovers the installation at `root`, and goes on from there.
    Recovered recover_at(const std::string& root);

    // From how many different states, as recovery left them, an update and a rollback were tried.
    std::size_t continued() const { return continued_.size(); }

  private:
    std::string faults_of_going_on(const std::string& root);

    const SwapWorkshop& shop_;
    const Tree& before_;
    const Tree& after_;
    Recover recover_;
    SeenStates continued_;
};

} // namespace lockstep
