#include "updater/progress.h"

#include "payload/error.h"
#include "updater/process.h"

namespace lockstep {

void Progress::begin(const std::string& name) {
    end();
    began_ = std::chrono::steady_clock::now();
    running_ = true;
    phases_.push_back({name, 0});
    show(name);
}

void Progress::end() {
    if (!running_) return;
    phases_.back().seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    running_ = false;
}

void stop_if_cancelled() {
    if (cancel_requested()) throw Error(Code::cancelled, "go on with", "the update", "it was cancelled");
}

} // namespace lockstep
