// Work beside the engine's own thread, one piece after another. It reads nothing that the engine writes
// meanwhile, and writes nothing that the engine reads.
#pragma once

#include <functional>
#include <future>

namespace lockstep {

class SideBySide {
  public:
    // `one_at_a_time`: begin() does the work itself, so that every run makes the same calls in the same
    // order.
    explicit SideBySide(bool one_at_a_time = false) : one_at_a_time_(one_at_a_time) {}
    // Waits, in silence: wait() tells.
    ~SideBySide() = default;
    SideBySide(const SideBySide&) = delete;
    SideBySide& operator=(const SideBySide&) = delete;

    // It waits for what was begun before, and is left out where that failed.
    // What is returned tells of this piece alone.
    std::shared_future<void> begin(const std::function<void()>& work);
    // For all of it. Throws what the work threw, once; returns at once where nothing was begun.
    void wait();

  private:
    bool one_at_a_time_;
    std::shared_future<void> work_; // of std::async: the last one's destructor waits
};

} // namespace lockstep
