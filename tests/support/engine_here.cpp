#include "tests/support/engine_here.h"

#include "updater/report.h"
#include "updater/rollback.h"
#include "updater/session.h"
#include "updater/update.h"

#include <iostream>

namespace lockstep {
namespace {

constexpr std::uint64_t key_limit = 64u << 10; // bytes

Outcome perform(const EngineRun& engine, FileSystem& files, const Request& request, Progress& progress) {
    if (engine.command == EngineCommand::update) return Update(files, request, progress).run();
    if (engine.command == EngineCommand::rollback) return Rollback(files, request, progress).run();
    Outcome outcome;
    outcome.notes = Session(files, request, progress, true).recovered();
    return outcome;
}

} // namespace

int perform_engine(const EngineRun& engine, FileSystem& files) {
    Request request;
    request.root = engine.root;
    request.bundle = engine.bundle;
    request.executable = engine.executable;
    request.one_at_a_time = !engine.side_by_side;
    if (!engine.key.empty())
        request.trust = {PublicKey::from_pem(read_text(system_files(), engine.key, key_limit), engine.key)};
    Progress progress;
    try {
        const Outcome outcome = perform(engine, files, request, progress);
        std::cerr << outcome_text(outcome);
        return static_cast<int>(outcome.code);
    } catch (const std::exception&) {
        const Error error = caught_error();
        std::cerr << outcome_text(outcome_of(error, progress));
        return static_cast<int>(error.code());
    }
}

} // namespace lockstep
