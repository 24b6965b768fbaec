#include "updater/side_by_side.h"

namespace lockstep {

void SideBySide::begin(const std::function<void()>& work) {
    work_ = std::async(one_at_a_time_ ? std::launch::deferred : std::launch::async, work);
    if (one_at_a_time_) work_.wait();
}

void SideBySide::wait() {
    if (work_.valid()) work_.get();
}

} // namespace lockstep
