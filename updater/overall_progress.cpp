#include "updater/overall_progress.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lockstep {
namespace {

// In the order in which an update goes through them.
constexpr std::array<std::string_view, 11> phases{"lock",   "verify",  "recognise", "preflight",
                                                  "stage",  "back up", "migrate",   "verify the trial copy",
                                                  "health", "swap",    "retire"};

constexpr double least_seconds =
    0.05; // a phase that the rehearsal didn't see take any time is seen all the same
constexpr double most_by_the_clock = 0.95; // a phase that takes longer than expected is not at its end

} // namespace

double OverallProgress::weight(const std::string& phase) const {
    if (expected_.empty()) return 1;
    const auto found = expected_.find(phase);
    return found == expected_.end() ? 0 : std::max(least_seconds, found->second);
}

void OverallProgress::begin(const std::string& phase, Time now) {
    phase_ = phase;
    began_ = now;
    fraction_ = 0;
}

double OverallProgress::part_of_phase(Time now) const {
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double by_the_clock = expected_.empty() ? 0 : seconds / std::max(least_seconds, weight(phase_));
    return std::clamp(std::max(fraction_, std::min(by_the_clock, most_by_the_clock)), 0.0, 1.0);
}

double OverallProgress::done(Time now) {
    double before = 0;
    double all = 0;
    bool reached = false;
    for (const std::string_view name : phases) {
        const std::string phase(name);
        reached = reached || phase == phase_;
        if (!reached) before += weight(phase);
        all += weight(phase);
    }
    if (!reached || all <= 0) return shown_;
    shown_ = std::max(shown_, (before + weight(phase_) * part_of_phase(now)) / all);
    return shown_;
}

std::optional<double> OverallProgress::seconds_left(Time now) const {
    if (expected_.empty()) return std::nullopt;
    double left = 0;
    bool reached = false;
    for (const std::string_view name : phases) {
        const std::string phase(name);
        if (reached) left += weight(phase);
        if (phase != phase_) continue;
        reached = true;
        left += weight(phase) * (1 - part_of_phase(now));
    }
    return reached ? std::optional(left) : std::nullopt;
}

} // namespace lockstep
