// What every interrupted run has to end in.
#pragma once

#include "tests/support/engine.h"

#include <functional>
#include <string>

namespace lockstep {

// Watches a sweep's points, told in their order: after recovery an installation is exactly `from`, or from
// some point on exactly `to`; nothing is left over; and the next update works.
class OldThenNew {
  public:
    using Run = std::function<Ran(EngineCommand, const std::string& root)>;
    OldThenNew(SwapWorkshop& shop, const Tree& from, const Tree& to) : shop_(shop), from_(from), to_(to) {}
    // Recovery is made by `run`, and whatever it leaves is updated and rolled back by it too: for a sweep on
    // a volume that the real executable can't be told of.
    OldThenNew(SwapWorkshop& shop, const Tree& from, const Tree& to, Run run)
        : shop_(shop), from_(from), to_(to), run_(std::move(run)) {}

    // Recovers; `point` is what a failure names.
    void expect_recovered(const std::string& root, const std::string& point);
    // The first point from which recovery went forward; empty where none did.
    const std::string& arrived_at() const { return arrived_at_; }

  private:
    void expect_there_and_back(const std::string& root);
    SwapWorkshop& shop_;
    const Tree& from_;
    const Tree& to_;
    Run run_;
    std::string arrived_at_;
};

// With a recovered installation: no leftovers, and an update leads to the new version. From states that are
// alike it is tried once.
void expect_sound(SwapWorkshop& shop, const std::string& root);

} // namespace lockstep
