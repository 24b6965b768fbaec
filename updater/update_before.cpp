// What an update knows before it begins, and what can be done before it.
#include "payload/language.h"
#include "updater/data_amount.h"
#include "updater/prepare.h"
#include "updater/update.h"

namespace lockstep {
namespace {

constexpr double worth_telling = 10; // seconds: who waits that long wants to know how long

} // namespace

void Update::estimate() {
    const Manifest& manifest = chosen_.bundle.manifest;
    const RehearsalRun* run = likest_run(manifest.rehearsal, plan_.from, platform());
    if (!run) return;
    const DataAmount here = data_amount(files_, session_->layout(), manifest, plan_);
    estimate_ = estimate_of(*run, here);
    if (!estimate_ && request_.check_only)
        notes_.push_back(
            say(Message::not_rehearsed, {rough_rows(all_rows(run->rows)), rough_rows(all_rows(here.rows))}));
    if (!estimate_) return;
    count_preparation(*run);
    if (estimate_->seconds >= worth_telling && !request_.prepare)
        progress_.note(say(Message::takes, {sentence_of(*estimate_)}));
}

// What was prepared isn't done again; what can be is told to whoever only asks.
void Update::count_preparation(const RehearsalRun& run) {
    const Script* script = preparation_of(plan_);
    if (!script) return;
    const double seconds = seconds_of_script(*estimate_, run, script->name);
    if (files_.status(session_->layout().prepared(chosen_.bundle.manifest_sha256))) {
        estimate_->seconds -= seconds;
        estimate_->migrate_seconds -= seconds;
        estimate_->phase_seconds["migrate"] -= seconds;
    } else if (request_.check_only) {
        notes_.push_back(say(Message::can_be_prepared, {rough_duration(seconds)}));
    }
}

Outcome Update::prepare() {
    const Manifest& manifest = chosen_.bundle.manifest;
    const Script* script = preparation_of(plan_);
    if (!script)
        return nothing_to_do(
            say(Message::nothing_to_prepare, {manifest.product, plan_.from, manifest.version}));
    progress_.begin("prepare");
    const std::int64_t rows = lockstep::prepare(*session_, chosen_.bundle, plan_);
    const std::string message = say(Message::prepared, {manifest.product, plan_.from, manifest.version}) +
                                " " + say(Message::prepared_so_much, {rough_rows(rows)});
    Outcome outcome = described(Code::ok, "prepared", message);
    outcome.scripts = {script->name};
    return outcome;
}

} // namespace lockstep
