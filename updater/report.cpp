#include "updater/report.h"

#include "updater/process.h"

#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <unistd.h>

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
        std::cerr << name << "…\n";
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
        name_ = name;
        shown_ = -1;
        fraction(0);
    }

  private:
    static void clear() { std::cerr << "\r\033[K" << std::flush; }
    std::string name_;
    int shown_ = -1;
};

Json scripts_json(Ledger& ledger, std::int64_t transaction) {
    Json list = Json::array();
    for (const ScriptRecord& script : ledger.scripts(transaction))
        list.push_back({{"name", script.name},
                        {"sha256", script.sha256},
                        {"started", script.started},
                        {"seconds", script.seconds},
                        {"error", script.error}});
    return list;
}

Json record_json(Ledger& ledger, const TransactionRecord& record) {
    return {{"transaction", record.id},
            {"kind", record.kind == TransactionKind::rollback ? "rollback"
                     : record.kind == TransactionKind::check  ? "check"
                                                              : "update"},
            {"product", record.product},
            {"from", record.from_version},
            {"to", record.to_version},
            {"state", state_name(record)},
            {"code", static_cast<int>(record.code)},
            {"started", record.started},
            {"finished", record.finished},
            {"swap_ms", record.swap_ms},
            {"message", record.message},
            {"scripts", scripts_json(ledger, record.id)}};
}

std::string plain(const std::string& seconds_text) {
    return seconds_text.substr(0, seconds_text.find('.') + 2);
}

} // namespace

std::unique_ptr<Progress> make_progress(bool silent, File* log) {
    if (silent) return std::make_unique<SilentProgress>(log);
    if (isatty(STDERR_FILENO) != 0) return std::make_unique<BarProgress>(log);
    return std::make_unique<LineProgress>(log);
}

std::string outcome_json(const Outcome& outcome) {
    Json json{{"outcome", outcome.outcome}, {"code", static_cast<int>(outcome.code)},
              {"product", outcome.product}, {"from", outcome.from},
              {"to", outcome.to},           {"message", outcome.message},
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
    text += outcome.message + "\n";
    if (outcome.outcome == "checked") {
        for (const std::string& script : outcome.scripts) text += "  would run " + script + "\n";
        if (!outcome.estimate.empty()) text += "  it takes " + outcome.estimate + "\n";
    }
    const bool failed = outcome.code != Code::ok && outcome.code != Code::tidying_waits;
    if (failed) text += std::string(meaning_of(outcome.code).data) + "\n";
    if (outcome.code != Code::ok) text += outcome.advice + "\n";
    return text;
}

Outcome outcome_of(const Error& error, const Progress& progress) {
    Outcome outcome;
    outcome.code = error.code();
    outcome.outcome = std::string(meaning_of(error.code()).outcome);
    outcome.message = error.what();
    outcome.advice = error.advice();
    outcome.phases = progress.phases();
    return outcome;
}

std::string status_text(Ledger* ledger, const std::string& root) {
    const auto installed = ledger ? ledger->installed() : std::nullopt;
    if (!installed) return "No update has been made in " + root + " yet.\n";
    std::string text = installed->product + " " + installed->to_version + " in " + root + ", since " +
                       installed->finished + ".\n";
    const auto last = ledger->transactions().back();
    text += "Last run: from " + last.from_version + " to " + last.to_version + ", " + state_name(last) +
            ". " + last.message + "\n";
    if (!last.closed) text += "It has not ended: run `update recover`.\n";
    if (const auto update = ledger->last_update())
        text += "`update rollback` would go back to version " + update->from_version + ".\n";
    return text;
}

std::string status_json(Ledger* ledger, const std::string& root) {
    const auto installed = ledger ? ledger->installed() : std::nullopt;
    Json json{{"root", root},
              {"product", installed ? installed->product : ""},
              {"version", installed ? installed->to_version : ""},
              {"platform", ledger ? ledger->platform() : ""}};
    const auto update = ledger ? ledger->last_update() : std::nullopt;
    json["rollback_to"] = update ? Json(update->from_version) : Json();
    json["last"] = Json();
    if (ledger)
        if (const auto all = ledger->transactions(); !all.empty())
            json["last"] = record_json(*ledger, all.back());
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string history_text(Ledger* ledger) {
    std::string text;
    if (ledger)
        for (const TransactionRecord& record : ledger->transactions()) {
            text += std::to_string(record.id) + "  " + record.started + "  " + record.from_version + " -> " +
                    record.to_version + "  " + state_name(record) + "\n";
            if (!record.message.empty()) text += "    " + record.message + "\n";
            for (const ScriptRecord& script : ledger->scripts(record.id))
                text += "    " + script.started + "  " + script.name + "  " +
                        plain(std::to_string(script.seconds)) + " s" +
                        (script.error.empty() ? "" : "  " + script.error) + "\n";
        }
    return text.empty() ? "Nothing has happened here yet.\n" : text;
}

std::string history_json(Ledger* ledger) {
    Json json{{"transactions", Json::array()}};
    if (ledger)
        for (const TransactionRecord& record : ledger->transactions())
            json["transactions"].push_back(record_json(*ledger, record));
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void log_line(File* log, const std::string& text) {
    if (!log) return;
    try {
        log->write(bytes_of(utc_now() + "  " + text + "\n"));
    } catch (const Error&) {
        // A full disk must not turn a success into a failure: the same text goes to the ledger and to the
        // screen.
    }
}

} // namespace lockstep
