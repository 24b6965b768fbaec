#include "updater/progress.h"

#include "payload/error.h"
#include "payload/language.h"
#include "updater/process.h"

#include <array>
#include <utility>

namespace lockstep {
namespace {

constexpr std::array<std::pair<std::string_view, Message>, 13> phase_messages{{
    {"lock", Message::phase_lock},
    {"verify", Message::phase_verify},
    {"recognise", Message::phase_recognise},
    {"preflight", Message::phase_preflight},
    {"prepare", Message::phase_prepare},
    {"stage", Message::phase_stage},
    {"back up", Message::phase_back_up},
    {"migrate", Message::phase_migrate},
    {"verify the trial copy", Message::phase_verify_trial},
    {"health", Message::phase_health},
    {"preview", Message::phase_preview},
    {"swap", Message::phase_swap},
    {"retire", Message::phase_retire},
}};

} // namespace

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

std::string phase_words(const std::string& name) {
    for (const auto& [phase, message] : phase_messages)
        if (phase == name) return say(message);
    return name;
}

void stop_if_cancelled() {
    if (cancel_requested()) throw Error(Code::cancelled, "go on with", "the update", "it was cancelled");
}

} // namespace lockstep
