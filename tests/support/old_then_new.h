// What every interrupted run has to end in.
#pragma once

#include "tests/support/engine.h"

#include <string>

namespace lockstep {

// Watches a sweep's points, told in their order: after recovery an installation is exactly `from`, or from
// some point on exactly `to`; nothing is left over; and the next update works.
class OldThenNew {
  public:
    OldThenNew(SwapWorkshop& shop, const Tree& from, const Tree& to) : shop_(shop), from_(from), to_(to) {}

    // Recovers; `point` is what a failure names.
    void expect_recovered(const std::string& root, const std::string& point);
    // The first point from which recovery went forward; empty where none did.
    const std::string& arrived_at() const { return arrived_at_; }

  private:
    SwapWorkshop& shop_;
    const Tree& from_;
    const Tree& to_;
    std::string arrived_at_;
};

// With a recovered installation: no leftovers, and an update leads to the new version. From states that are
// alike it is tried once.
void expect_sound(SwapWorkshop& shop, const std::string& root);

} // namespace lockstep
