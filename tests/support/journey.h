// What the sweeps share that disturb a command of the engine: where it starts, where it leads, and what must
// hold whatever was done to it.
#pragma once

#include "tests/support/engine.h"

#include <functional>
#include <string>

namespace lockstep {

// A command on the way from one version's tree to another's.
struct Journey {
    EngineCommand command;
    const Tree& from;
    const Tree& to;
    std::function<std::string()> start; // makes the installation anew; returns its root
};
Journey update_journey(SwapWorkshop& shop);
Journey rollback_journey(SwapWorkshop& shop);
// The recovery of an update that was killed after a call of this name on a path that ends so: to the old
// version, or to the new one where the call comes after the commit.
Journey recovery_journey(SwapWorkshop& shop, const std::string& name, const std::string& path_end);

enum class Course { update, rollback, recovery_back, recovery_forward };
constexpr Course every_course[] = {Course::update, Course::rollback, Course::recovery_back,
                                   Course::recovery_forward};
const char* name_of(Course course); // for the names of tests
Journey journey_on(Course course, SwapWorkshop& shop);

int number_of_call(SwapWorkshop& shop, const std::string& name, const std::string& path_end);

// Where the installation must be after a run that ended so.
enum class Arrival {
    there,     // 0 and 3
    back,      // as it was
    undecided, // killed, or exit 50: recovery decides
};
Arrival arrival_of(const Ran& ran);

// But for SQLite's sidecar files without content, which its next connection removes.
Tree tree_at(const std::string& root);

// The tree is the one that the exit code promises; recovery needs no help, leaves exactly one of the two
// versions and nothing else; the next update succeeds.
void expect_sound(SwapWorkshop& shop, const Journey& journey, const std::string& root, const Ran& ran);

} // namespace lockstep
