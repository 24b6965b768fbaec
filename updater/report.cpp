#include "updater/report.h"

#include "payload/language.h"
#include "updater/process.h"

#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int bar_width = 30;

class SilentProgress : public Progress {
  public:
    explicit SilentProgress(File* log) : log_(log) {}
    void note(const std::string& text) override { log_line(log_, text); }

  protected:
    void show(const std::string& name) override { log_line(log_, name); }
    File* log_;
};

class LineProgress : public SilentProgress {
  public:
    using SilentProgress::SilentProgress;
    void note(const std::string& text) override {
        SilentProgress::note(text);
        std::cerr << text << '\n';
    }

  protected:
    void show(const std::string& name) override {
        SilentProgress::show(name);
        std::cerr << phase_words(name) << "…\n";
    }
};

class BarProgress : public SilentProgress {
  public:
    using SilentProgress::SilentProgress;
    ~BarProgress() override { clear(); }
    void note(const std::string& text) override {
        SilentProgress::note(text);
        clear();
        std::cerr << text << '\n';
    }
    void fraction(double part) override {
        const int full = static_cast<int>(std::lround(part * bar_width));
        if (full == shown_) return;
        shown_ = full;
        std::string bar;
        for (int i = 0; i < bar_width; ++i) bar += i < full ? "█" : "·";
        std::cerr << "\r\033[K" << bar << ' ' << name_ << std::flush;
    }

  protected:
    void show(const std::string& name) override {
        SilentProgress::show(name);
        name_ = phase_words(name);
        shown_ = -1;
        fraction(0);
    }

  private:
    static void clear() { std::cerr << "\r\033[K" << std::flush; }
    std::string name_;
    int shown_ = -1;
};

// What happened goes before the system's words for it.
std::string message_of(const Outcome& outcome) {
    return outcome.happened.empty() ? outcome.message : outcome.happened + " " + outcome.message;
}

} // namespace

std::string seconds_text(double seconds) {
    const std::string text = std::to_string(seconds);
    return text.substr(0, text.find('.') + 2);
}

std::unique_ptr<Progress> make_progress(bool silent, File* log) {
    if (silent) return std::make_unique<SilentProgress>(log);
    if (stderr_is_terminal()) return std::make_unique<BarProgress>(log);
    return std::make_unique<LineProgress>(log);
}

std::string outcome_json(const Outcome& outcome) {
    Json json{{"outcome", outcome.outcome}, {"code", static_cast<int>(outcome.code)},
              {"product", outcome.product}, {"from", outcome.from},
              {"to", outcome.to},           {"message", message_of(outcome)},
              {"advice", outcome.advice}};
    json["transaction"] = outcome.transaction ? Json(*outcome.transaction) : Json();
    json["swap_ms"] = outcome.swap_ms;
    json["phases"] = Json::array();
    for (const Phase& phase : outcome.phases)
        json["phases"].push_back({{"name", phase.name}, {"seconds", phase.seconds}});
    json["scripts"] = outcome.scripts;
    json["estimate_seconds"] = outcome.estimate_seconds ? Json(*outcome.estimate_seconds) : Json();
    json["estimate"] = outcome.estimate;
    json["notes"] = outcome.notes;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string outcome_text(const Outcome& outcome) {
    std::string text;
    for (const std::string& note : outcome.notes) text += note + "\n";
    if (!outcome.happened.empty()) text += outcome.happened + "\n";
    text += outcome.message + "\n";
    if (outcome.outcome == "checked") {
        for (const std::string& script : outcome.scripts)
            text += "  " + say(Message::would_run, {script}) + "\n";
        if (!outcome.estimate.empty()) text += "  " + say(Message::it_takes, {outcome.estimate}) + "\n";
    }
    const bool failed = outcome.code != Code::ok && outcome.code != Code::tidying_waits;
    if (failed) text += say(meaning_of(outcome.code).data) + "\n";
    if (outcome.code != Code::ok) text += outcome.advice + "\n";
    return text;
}

Outcome outcome_of(const Error& error, const Progress& progress) {
    Outcome outcome;
    outcome.code = error.code();
    outcome.outcome = std::string(meaning_of(error.code()).outcome);
    outcome.happened = say(meaning_of(error.code()).happened);
    outcome.message = error.what();
    outcome.advice = error.advice();
    outcome.phases = progress.phases();
    return outcome;
}

void log_line(File* log, const std::string& text) {
    if (!log) return;
    try {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);)
            log->write(bytes_of(utc_now() + "  " + line + "\n"));
    } catch (const Error&) {
        // A full disk must not turn a success into a failure: the same text goes to the ledger and to the
        // screen.
    }
}

} // namespace lockstep
