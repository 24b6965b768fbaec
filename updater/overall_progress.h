// How far an update is over all its phases, and how long it still takes.
//
// A phase counts for as long as the rehearsal says that it takes here; where nothing is said, each counts the
// same and no time is told.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace lockstep {

class OverallProgress {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // Seconds for each phase; empty: not known.
    void expect(std::map<std::string, double> phase_seconds) { expected_ = std::move(phase_seconds); }
    void begin(const std::string& phase, Time now);
    // How far the present phase says it is, 0 to 1.
    void fraction(double part) { fraction_ = part; }

    // 0 to 1; never less than it was before.
    double done(Time now);
    std::optional<double> seconds_left(Time now) const;

  private:
    double weight(const std::string& phase) const;
    double part_of_phase(Time now) const;

    std::map<std::string, double> expected_;
    std::string phase_;
    Time began_;
    double fraction_ = 0;
    double shown_ = 0;
};

} // namespace lockstep
