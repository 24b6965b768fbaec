// Step 7: the trial copy is migrated.
#include "payload/digest.h"
#include "payload/schema.h"
#include "updater/trial.h"

#include <chrono>

namespace lockstep {
namespace {

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

void Trial::migrate(const std::vector<TrialStep>& steps, const Declarations& declarations,
                    const RunProgram& program, double estimate_seconds) {
    if (steps.empty() || databases_.empty()) return;
    const auto begin = std::chrono::steady_clock::now();
    const auto cancelled = [&] {
        if (estimate_seconds > 0) progress_.fraction(std::min(0.99, seconds_since(begin) / estimate_seconds));
        return cancel_requested();
    };
    std::vector<DatabaseFile> files = trial_files();
    if (!prepared_.empty()) files.push_back({std::string(prepared_database), prepared_});
    trial_sha256_.clear();
    try {
        run_steps(files, steps, declarations, program, cancelled);
    } catch (const Error& error) {
        if (error.code() != Code::cancelled) require_sound_backups();
        throw;
    }
    std::uint64_t size = 0;
    for (const DatabaseFile& file : files) size += files_.status(file.path)->size;
    largest_trial_ = std::max(largest_trial_, size);
}

void Trial::run_steps(const std::vector<DatabaseFile>& files, const std::vector<TrialStep>& steps,
                      const Declarations& declarations, const RunProgram& program,
                      const std::function<bool()>& cancelled) {
    Migrator migrator(files, declarations, cancelled);
    require_engine_support(migrator.database(), "main");
    for (std::size_t i = 1; i < databases_.size(); ++i)
        require_engine_support(migrator.database(), databases_[i].entry().name);
    for (const TrialStep& step : steps) run_step(migrator, step, program);
    written_ = migrator.written();
    migrator.finish();
}

void Trial::run_step(Migrator& migrator, const TrialStep& step, const RunProgram& program) {
    stop_if_cancelled();
    ScriptRecord record{step.name, step.sha256, utc_now(), 0, {}};
    const auto begin = std::chrono::steady_clock::now();
    try {
        if (step.program) {
            migrator.release_files();
            program(*step.program, trial_files());
            migrator.reopen_files();
        } else {
            const ScriptTimes times = migrator.run_script(step.name, step.text);
            for (const auto& [table, seconds] : times.table_seconds) table_seconds_[table] += seconds;
            script_rows_[step.name] = times.rows;
        }
    } catch (const Error& error) {
        record.seconds = seconds_since(begin);
        record.error = error.what();
        ledger_.add_script(transaction_, record);
        throw;
    }
    record.seconds = seconds_since(begin);
    script_seconds_[step.name] = record.seconds;
    ledger_.add_script(transaction_, record);
}

} // namespace lockstep
