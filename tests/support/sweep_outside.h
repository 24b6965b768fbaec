// The sweeps from outside: an installation with a health command, the commands that change it, and the points
// of their runs.
#pragma once

#include "tests/support/engine.h"
#include "tests/support/sweep.h"
#include "tests/support/system_calls.h"

#include <string>
#include <utility>
#include <vector>

namespace lockstep {

using Points =
    std::vector<std::pair<int, SystemCall>>; // with their numbers in the whole run, 1 for the first

// The calls that change files; or else those that look at something, and may fail.
Points points_that_change(const std::vector<SystemCall>& calls);
Points points_that_only_look(const std::vector<SystemCall>& calls);

// Where a swap begins and where it is decided, by the numbers of the calls.
struct Milestones {
    int intent = 0; // the ledger's last write before the gates
    int gates_on = 0;
    int commit =
        0; // with the beginning of its journal overwritten by zeros, SQLite's transaction has happened
    int gates_off = 0;
};
Milestones milestones_in(const std::vector<SystemCall>& calls);

// Every `step`th, shared out between tests that run side by side.
Points part_of(const Points& points, int step, int part, int parts);

// A stage at which a command is ended: at its last call of `name` whose text has this in it.
struct Interruption {
    EngineCommand command = EngineCommand::update;
    std::string name;
    std::string text;
    bool committed = false;
};

class OutsideWorkshop {
  public:
    SwapWorkshop& shop() { return shop_; }
    std::string fresh(EngineCommand command); // as `command` finds it; returns its root
    const Tree& before(EngineCommand command) const;
    const Tree& after(EngineCommand command) const;
    std::vector<std::string> program(EngineCommand command, const std::string& root) const {
        return shop_.program(command, root);
    }
    std::vector<SystemCall> calls_of(EngineCommand command);

    SystemCall call_of(const Interruption& interruption);
    // Ended there; `call` is its call_of(). Returns the root.
    std::string interrupted(const Interruption& interruption, const SystemCall& call);

  private:
    // A preview is made of the whole tree, and a program of the new version runs in it.
    SwapWorkshop shop_{"DELETE", "health = { argv = [\"{root}/app\", \"0\"] }\n"};
};

// In a swap and after it, of updates and rollbacks.
const std::vector<Interruption>& interruptions();

// "12, pwrite64 number 3: pwrite64(…", so that one point can be tried again alone.
std::string told(int number, const SystemCall& call, const std::string& at);

} // namespace lockstep
