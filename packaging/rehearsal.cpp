#include "packaging/rehearsal.h"

#include "packaging/installation_copy.h"
#include "packaging/make_bundle.h"
#include "packaging/migrations.h"
#include "packaging/release_copies.h"
#include "payload/estimate.h"
#include "payload/loss_ledger.h"
#include "payload/schema.h"
#include "payload/version.h"
#include "updater/report.h"
#include "updater/rollback.h"
#include "updater/update.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

// One installation to be rehearsed: a previous revision with a file for each database.
struct Cast {
    const PreviousRevision* previous = nullptr;
    std::map<std::string, std::string> databases; // name -> file
};

class Rehearsal {
  public:
    Rehearsal(const Release& release, const RehearsalRequest& request)
        : release_(release), request_(request), migrations_(read_migrations(release)),
          evidence_(evidence_for(release, migrations_)) {}

    Evidence run() {
        make_bundle();
        for (const std::string& platform : platforms_that_differ(release_, migrations_))
            for (const Cast& cast : casts()) rehearse_one(cast, platform);
        if (manifest_.init)
            for (const std::string& platform : platforms_to_initialise(release_, migrations_))
                rehearse_init(platform);
        return evidence_;
    }

  private:
    // Signed with a key that is forgotten at the end. The schemas that come out aren't known yet.
    void make_bundle() {
        Release unsigned_release = release_;
        unsigned_release.trust.clear();
        manifest_ = make_manifest(unsigned_release, evidence_, request_.gate);
        manifest_.expires.reset();
        leave_out_foreign_health();
        write_bundle(unsigned_release, manifest_, {key_}, bundle(), {}, request_.gate);
    }

    // The same release may be for Windows: its scripts and its data are rehearsed here, its programs can't
    // be.
    void leave_out_foreign_health() {
        if (!manifest_.health || !is_windows_program(manifest_.health->argv.front())) return;
        manifest_.health.reset();
        request_.report("note: the health command is a Windows program: it runs on the laptops, not here");
    }

    bool is_windows_program(std::string path) const {
        constexpr std::string_view start = "{root}/";
        constexpr std::string_view magic = "MZ"; // https://learn.microsoft.com/windows/win32/debug/pe-format
        if (path.starts_with(start)) path.erase(0, start.size());
        path = joined(release_.code, path);
        const auto status = files_.status(path);
        if (!status || status->kind != FileKind::file || status->size < magic.size()) return false;
        std::string bytes(magic.size(), '\0');
        files_.open(path)->read(0, std::as_writable_bytes(std::span(bytes)));
        return bytes == magic;
    }

    std::vector<Cast> casts() const {
        std::vector<Cast> all;
        for (const PreviousRevision& previous : release_.previous) {
            std::size_t count = 1;
            for (const auto& [name, files] : previous.samples) count = std::max(count, files.size());
            for (std::size_t i = 0; i < count; ++i) all.push_back(cast_of_samples(previous, i));
        }
        const auto copies = casts_of_copies();
        all.insert(all.end(), copies.begin(), copies.end());
        return all;
    }

    static Cast cast_of_samples(const PreviousRevision& previous, std::size_t number) {
        Cast cast{&previous, {}};
        for (const auto& [name, files] : previous.samples)
            if (!files.empty()) cast.databases[name] = files[std::min(number, files.size() - 1)];
        return cast;
    }

    // Each --db belongs to the revision whose samples have its schema; the other databases are that one's
    // samples. The second --db of a name begins the second installation.
    std::vector<Cast> casts_of_copies() const {
        std::vector<Cast> all;
        std::map<std::string, std::size_t> next; // installation, by database name
        for (const std::string& copy : request_.copies) {
            const auto [name, file] = named_copy(release_, copy);
            const PreviousRevision* previous = &revision_of_copy(release_, name, file, "rehearse on");
            const std::size_t place = next[name]++;
            if (place == all.size()) all.push_back(cast_of_samples(*previous, 0));
            Cast& cast = all.at(place);
            if (cast.previous != previous)
                throw Error(Code::wrong_usage, "rehearse together with the other --db", file,
                            "it is of version " + previous->version + ", the other of " +
                                cast.previous->version);
            cast.databases[name] = file;
        }
        return all;
    }

    void rehearse_one(const Cast& cast, const std::string& platform) {
        const std::string what = cast.previous->version + " -> " + release_.version +
                                 (platform.empty() ? "" : " (" + platform + ")") + ", " + described(cast);
        try {
            const std::string root = joined(request_.work, "installation");
            install(cast, root);
            const auto before = snapshot(files_, root);
            const std::optional<double> prepared = rehearse_prepared(cast, platform, root, before);
            const auto [measured, outcome] = update(root, platform);
            record(measured, outcome, cast, platform);
            request_.report("rehearsed " + what + ": " +
                            std::to_string(all_rows(evidence_.runs.back().rows)) + " rows");
            roll_back_to_the_byte(root, before);
            if (prepared)
                request_.report("prepared before, its scripts took " + seconds_text(*prepared) +
                                " s instead of " + seconds_text(all_seconds(measured.run)) + " s");
            if (has_revert(*cast.previous)) rehearse_revert(cast, root, platform);
            files_.remove_tree(root);
        } catch (Error& error) {
            throw error.during("rehearsing " + what);
        }
    }

    // The update with what can be done before it done before. Returns the seconds of its scripts; nothing
    // where there is nothing to prepare.
    std::optional<double> rehearse_prepared(const Cast& cast, const std::string& platform,
                                            const std::string& root,
                                            const std::map<std::string, std::string>& before) {
        if (!begins_with_preparation(*cast.previous)) return std::nullopt;
        Progress progress;
        Request request = engine_request(root, platform);
        request.prepare = true;
        Update(files_, request, progress).run();
        if (const auto difference = snapshot_difference(before, snapshot(files_, root)); !difference.empty())
            throw Error(Code::verification_failed, "prepare the update in", root, difference);
        const Measured measured = update(root, platform).first;
        for (const auto& [database, schema] : measured.schemas)
            require_one_schema(platform, database, schema, cast.previous->version);
        roll_back_to_the_byte(root, before);
        return all_seconds(measured.run);
    }

    bool begins_with_preparation(const PreviousRevision& previous) const {
        for (const Migration& migration : migrations_.migrations)
            if (compare_versions(migration.version, previous.version) > 0)
                return std::ranges::any_of(migration.steps, &Step::prepares);
        return false;
    }

    static double all_seconds(const RehearsalRun& run) {
        double seconds = 0;
        for (const auto& [script, taken] : run.script_seconds) seconds += taken;
        return seconds;
    }

    // An installation that was never started. What init makes has to be what the migrations lead to.
    void rehearse_init(const std::string& platform) {
        const Cast cast{&release_.previous.back(), {}};
        const std::string what = "migrations/init" + (platform.empty() ? "" : " (" + platform + ")");
        try {
            const std::string root = joined(request_.work, "installation");
            install(cast, root);
            const auto before = snapshot(files_, root);
            const Measured measured = update(root, platform).first;
            for (const auto& [database, schema] : measured.schemas)
                require_one_schema(platform, database, schema, what);
            request_.report("rehearsed " + what + ": it makes what the migrations lead to");
            roll_back_to_the_byte(root, before);
            files_.remove_tree(root);
        } catch (Error& error) {
            throw error.during("rehearsing " + what);
        }
    }

    static std::string described(const Cast& cast) {
        std::string text;
        for (const auto& [name, file] : cast.databases) text += (text.empty() ? "" : ", ") + file;
        return text.empty() ? "without a database" : text;
    }

    void install(const Cast& cast, const std::string& root) {
        files_.remove_tree(root);
        copy_folder(files_, cast.previous->code, root);
        for (const DatabaseEntry& entry : release_.databases) {
            const auto file = cast.databases.find(entry.name);
            if (file == cast.databases.end()) continue;
            const std::string place = joined(root, entry.path);
            files_.make_folders(parent_of(place), 0755);
            copy_file(files_, *files_.open(file->second), place, 0644);
        }
    }

    Request engine_request(const std::string& root, const std::string& platform) const {
        Request request;
        request.root = root;
        request.bundle = bundle();
        request.trust = {key_.public_key()};
        request.platform = platform;
        request.rehearsal = true;
        return request;
    }

    std::pair<Measured, Outcome> update(const std::string& root, const std::string& platform) {
        Progress progress;
        const Request request = engine_request(root, platform);
        Update engine(files_, request, progress);
        const Outcome outcome = engine.run();
        if (outcome.outcome != "updated")
            throw Error(Code::wrong_usage, "rehearse", release_.file, "the engine said: " + outcome.message);
        return {engine.measured(), outcome};
    }

    void record(const Measured& measured, const Outcome& outcome, const Cast& cast,
                const std::string& platform) {
        RehearsalRun run = measured.run;
        run.from = cast.previous->version;
        run.platform = platform;
        for (const Phase& phase : outcome.phases) {
            run.phase_seconds[phase.name] += phase.seconds;
            if (phase.name == "migrate" || phase.name == "verify the trial copy")
                run.seconds += phase.seconds;
        }
        evidence_.runs.push_back(std::move(run));
        for (const auto& [database, schema] : measured.schemas)
            require_one_schema(platform, database, schema, cast.previous->version);
    }

    // Every way to the target has to end in one schema, or the next release would know only one of them.
    void require_one_schema(const std::string& platform, const std::string& database,
                            const Fingerprint& schema, const std::string& by) {
        auto& known = evidence_.schemas[platform];
        const auto [found, added] = known.emplace(database, schema);
        if (added || found->second.sha256 == schema.sha256) return;
        std::string cause = "from " + by + " another schema comes out than from the ones before:";
        for (const std::string& difference : schema_differences(found->second, schema))
            cause += "\n  " + difference;
        throw Error(Code::verification_failed, "accept the migrated database", database, cause);
    }

    void roll_back_to_the_byte(const std::string& root, const std::map<std::string, std::string>& before) {
        roll_back(root);
        if (const auto difference = snapshot_difference(before, snapshot(files_, root)); !difference.empty())
            throw Error(Code::verification_failed, "roll back to the byte in", root, difference);
    }

    void roll_back(const std::string& root) {
        Progress progress;
        Request request;
        request.root = root;
        Rollback(files_, request, progress).run();
    }

    bool has_revert(const PreviousRevision& previous) const {
        bool any = false;
        for (const Migration& migration : migrations_.migrations) {
            if (compare_versions(migration.version, previous.version) <= 0) continue;
            if (migration.reverts.empty() && !migration.steps.empty()) return false;
            any = any || !migration.reverts.empty();
        }
        return any;
    }

    // A write after the update, of no content, so that the rollback has to migrate the data back.
    void rehearse_revert(const Cast& cast, const std::string& root, const std::string& platform) {
        Progress progress;
        const Request request = engine_request(root, platform);
        Update(files_, request, progress).run();
        for (const DatabaseEntry& entry : release_.databases) {
            const std::string path = joined(root, entry.path);
            if (!files_.status(path)) continue;
            Database database(path, OpenMode::read_write);
            database.run("CREATE TABLE lockstep_rehearsal(x); DROP TABLE lockstep_rehearsal;");
        }
        roll_back(root);
        note_what_came_back_otherwise(cast, root);
    }

    // The ledger holds nothing to account that the release declares changed; whoever signs it off should know
    // what the way back makes of it.
    void note_what_came_back_otherwise(const Cast& cast, const std::string& root) {
        std::vector<DatabaseFile> reverted;
        std::vector<DatabaseFile> before;
        std::vector<std::string> names;
        for (const DatabaseEntry& entry : release_.databases) {
            const auto file = cast.databases.find(entry.name);
            if (file == cast.databases.end()) continue;
            reverted.push_back({entry.name, joined(root, entry.path)});
            before.push_back({entry.name, file->second});
            names.push_back(entry.name);
        }
        if (reverted.empty()) return;
        Database database = opened_beside(reverted, before, Code::internal_error);
        for (const TableChange& change : table_changes(database, names))
            request_.report("note: there and back again, table " + change.table + " has " +
                            std::to_string(change.added) + " rows added, " + std::to_string(change.changed) +
                            " changed, " + std::to_string(change.removed) + " removed");
    }

    std::string bundle() const { return joined(request_.work, "rehearsal.bundle"); }

    FileSystem& files_ = system_files();
    const Release& release_;
    const RehearsalRequest& request_;
    Migrations migrations_;
    Evidence evidence_;
    Manifest manifest_;
    const PrivateKey key_ = PrivateKey::generate();
};

} // namespace

Evidence rehearse(const Release& release, const RehearsalRequest& request) {
    return Rehearsal(release, request).run();
}

} // namespace lockstep
