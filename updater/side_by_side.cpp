#include "updater/side_by_side.h"

#include <utility>

namespace lockstep {

std::shared_future<void> SideBySide::begin(const std::function<void()>& work) {
    const auto after_that = [before = work_, work] {
        if (before.valid()) before.get();
        work();
    };
    // Both: where no thread can be had, whoever waits does the work.
    const auto here_or_there = std::launch::async | std::launch::deferred;
    work_ = std::async(one_at_a_time_ ? std::launch::deferred : here_or_there, after_that).share();
    if (one_at_a_time_) work_.wait();
    return work_;
}

void SideBySide::wait() {
    if (work_.valid()) std::exchange(work_, {}).get();
}

} // namespace lockstep
