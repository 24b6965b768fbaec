// What a sweep tries, and what it says of it: a sweep counts its points and tells them at its end, so that
// one whose points were never reached can't pass for one that held.
#pragma once

#include <string>

namespace lockstep {

// Whether every point is to be tried: LOCKSTEP_ALL is set in the environment. Else sweeps that take long try
// only some, the same ones each time.
bool every_point();
// `usual`, or 1 where every point is to be tried: for point = 1, 1 + stride, 1 + 2 * stride…
int stride(int usual);

class SweepCount {
  public:
    // `name` as tests/PROMISES.md has it, such as "update killed".
    explicit SweepCount(std::string name);
    // Says "NAME: N points", and appends "NAME<tab>N" to the file that LOCKSTEP_COUNTS names, if any; the
    // parts of one sweep that run in tests of their own are added up there.
    ~SweepCount();
    SweepCount(const SweepCount&) = delete;
    SweepCount& operator=(const SweepCount&) = delete;

    void tried(int points = 1); // on a terminal, says how far it is
    int points() const { return points_; }

  private:
    std::string name_;
    int points_ = 0;
};

} // namespace lockstep
