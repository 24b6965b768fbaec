#include "packaging/lint_trial.h"

#include "packaging/empty_database.h"
#include "packaging/release_copies.h"
#include "payload/schema.h"
#include "payload/version.h"
#include "updater/file_system.h"

#include <algorithm>
#include <compare>

namespace lockstep {
namespace {

class TrialOfRelease {
  public:
    TrialOfRelease(const Release& release, const std::string& platform, const std::string& work)
        : release_(release), platform_(platform), work_(work) {}

    LintTrial run(const std::vector<std::string>& copies) {
        take(copies);
        collect_steps();
        const std::vector<DatabaseFile> empty = make_empty_databases();
        std::vector<DatabaseFile> surveyed = empty;
        add_prepared(surveyed, "empty-");
        trial_.survey = survey_scripts(surveyed, release_.declarations, scripts_);
        migrate();
        if (!trial_.migrated) trial_.after = empty;
        return std::move(trial_);
    }

  private:
    void take(const std::vector<std::string>& copies) {
        std::map<std::string, std::string> files;
        const PreviousRevision* previous = nullptr;
        for (const std::string& copy : copies) {
            const auto [name, file] = named_copy(release_, copy);
            const PreviousRevision& its = revision_of_copy(release_, name, file, "lint");
            if (!files.emplace(name, file).second)
                throw Error(Code::wrong_usage, "lint", file, "there is another --db of " + name)
                    .advise("Run lint once for each copy.");
            if (previous && previous != &its)
                throw Error(Code::wrong_usage, "lint together with the other --db", file,
                            "it is of version " + its.version + ", the other of " + previous->version);
            previous = &its;
        }
        if (!previous) previous = &release_.previous.back();
        trial_.from = previous->version;
        for (const auto& [name, samples] : previous->samples)
            if (!samples.empty()) files.emplace(name, samples[0]);
        for (const DatabaseEntry& entry : release_.databases)
            if (const auto file = files.find(entry.name); file != files.end())
                trial_.before.push_back({entry.name, system_files().real_path(file->second)});
        if (trial_.before.empty())
            throw Error(Code::wrong_usage, "lint", release_.file, "it has no database to look at")
                .advise("Name a copy of a live database with --db.");
    }

    void collect_steps() {
        const Migrations all = read_migrations(release_);
        for (const Migration& migration : all.migrations)
            if (std::is_gt(compare_versions(migration.version, trial_.from)))
                for (const Step& step : migration.steps) collect(all, step);
    }

    void collect(const Migrations& all, const Step& step) {
        if (!step.platform.empty() && step.platform != platform_) {
            trial_.notes.push_back(step.script->name + " is for the platform " + step.platform +
                                   " and was not looked at: --platform " + step.platform + " does");
            return;
        }
        prepares_ = prepares_ || step.prepares;
        if (step.program) {
            trial_.notes.push_back(step.program->name +
                                   " is a program, which lint doesn't run: what the migration makes of the "
                                   "rows is not known; `lockstep rehearse` runs it");
            has_program_ = true;
            return;
        }
        const MigrationSource& source = all.sources.at(step.script->name);
        scripts_.push_back({step.script->name, read_text(system_files(), source.path, script_limit)});
    }

    std::vector<DatabaseFile> make_empty_databases() {
        std::vector<DatabaseFile> empty;
        for (const DatabaseFile& one : trial_.before) {
            Database database(one.path, OpenMode::immutable, Code::wrong_usage);
            register_functions(database);
            require_engine_support(database, "main");
            const DatabaseFile file{one.name, joined(work_, "empty-" + one.name + ".db")};
            make_empty_database(read_database_schema(database, "main"), file.path);
            empty.push_back(file);
        }
        return empty;
    }

    void add_prepared(std::vector<DatabaseFile>& files, const std::string& prefix) const {
        if (!prepares_) return;
        const std::string name(prepared_database);
        files.push_back({name, joined(work_, prefix + name + ".db")});
        static_cast<void>(system_files().create(files.back().path, 0600));
    }

    void migrate() {
        if (has_program_) return;
        for (const DatabaseFile& one : trial_.before) {
            const DatabaseFile file{one.name, joined(work_, "migrated-" + one.name + ".db")};
            copy_file(system_files(), *system_files().open(one.path), file.path, 0600);
            trial_.after.push_back(file);
        }
        try {
            std::vector<DatabaseFile> files = trial_.after;
            add_prepared(files, "migrated-");
            Migrator migrator(files, release_.declarations, [] { return false; });
            for (const SurveyedScript& script : scripts_) migrator.run_script(script.name, script.text);
            trial_.written = migrator.written();
            migrator.finish();
            trial_.migrated = true;
        } catch (const Error& error) {
            if (error.code() != Code::migration_failed) throw;
            trial_.failure = error;
        }
    }

    const Release& release_;
    const std::string& platform_;
    const std::string& work_;
    LintTrial trial_;
    std::vector<SurveyedScript> scripts_;
    bool has_program_ = false;
    bool prepares_ = false;
};

} // namespace

LintTrial try_release(const Release& release, const std::vector<std::string>& copies,
                      const std::string& platform, const std::string& work) {
    if (!platform.empty() && std::ranges::find(release.platforms, platform) == release.platforms.end())
        throw Error(Code::wrong_usage, "use the platform", platform, "release.toml doesn't name it");
    return TrialOfRelease(release, platform, work).run(copies);
}

} // namespace lockstep
