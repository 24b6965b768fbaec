// What the updater tells while it works, and whether it should stop.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace lockstep {

struct Phase {
    std::string name; // a step of the spine
    double seconds = 0;
};

// What an update does, once that is known.
struct Undertaking {
    std::string product;
    std::string from;
    std::string to;
    std::map<std::string, double> phase_seconds; // estimated; empty where nothing is known
};

class Progress {
  public:
    virtual ~Progress() = default;
    // A step of the spine begins; the last one has ended.
    void begin(const std::string& name);
    void end();
    const std::vector<Phase>& phases() const { return phases_; }

    virtual void about(const Undertaking&) {}
    // How far the present phase is, 0 to 1.
    virtual void fraction(double) {}
    // A line of its own: a warning, what was found.
    virtual void note(const std::string&) {}

  protected:
    virtual void show(const std::string&) {}

  private:
    std::vector<Phase> phases_;
    std::chrono::steady_clock::time_point began_;
    bool running_ = false;
};

// A phase's name as a person reads it.
std::string phase_words(const std::string& name);

// Throws Error (cancelled) where the user asked to stop. Never called in the swap.
void stop_if_cancelled();

} // namespace lockstep
