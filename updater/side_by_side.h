// One piece of work beside the engine's own thread, which only reads what the engine doesn't write meanwhile.
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

    // What was begun before has to have been waited for.
    void begin(const std::function<void()>& work);
    // Throws what the work threw, once; returns at once where nothing was begun.
    void wait();

  private:
    bool one_at_a_time_;
    std::future<void> work_; // of std::async: its destructor waits
};

} // namespace lockstep
