#include "packaging/evidence.h"

#include "packaging/release_copies.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "payload/manifest_json.h"
#include "updater/file_system.h"
#include "updater/process.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using nlohmann::json;

constexpr std::uint64_t evidence_limit = 64u << 20; // bytes

// Objects of nlohmann::json are sorted by key, and lists keep the release's order: one text for one meaning.
std::string declarations_digest(const Release& release) {
    const Declarations& said = release.declarations;
    json all = {{"max_shrink", said.max_shrink},           {"renamed_tables", said.renamed_tables},
                {"dropped_tables", said.dropped_tables},   {"moved_columns", said.moved_columns},
                {"changed_columns", said.changed_columns}, {"dropped_columns", said.dropped_columns},
                {"ignore_tables", said.ignore_tables},     {"journal", said.journal}};
    all["databases"] = json::array();
    for (const DatabaseEntry& database : release.databases)
        all["databases"].push_back(database_json(database));
    if (!release.critical_platforms.empty()) all["critical_platforms"] = release.critical_platforms;
    if (release.health)
        all["health"] = {{"argv", release.health->argv}, {"timeout_s", release.health->timeout_s}};
    return sha256(all.dump());
}

// `kind`: "script".
std::optional<std::string> changed_file(const std::string& kind,
                                        const std::map<std::string, std::string>& now,
                                        const std::map<std::string, std::string>& rehearsed) {
    for (const auto& [name, hash] : now) {
        const auto found = rehearsed.find(name);
        if (found == rehearsed.end()) return "the " + kind + " " + name + " was added after the rehearsal";
        if (found->second != hash) return "the " + kind + " " + name + " was changed after the rehearsal";
    }
    for (const auto& [name, hash] : rehearsed)
        if (!now.contains(name))
            return "the " + kind + " " + name + " was rehearsed, and isn't part of the release now";
    return std::nullopt;
}

// What is taken away needs no rehearsal.
std::optional<std::string> added_sample(const Evidence& now, const Evidence& rehearsed) {
    for (const auto& [version, databases] : now.accepted) {
        const auto known = rehearsed.accepted.find(version);
        if (known == rehearsed.accepted.end())
            return "the previous version " + version + " was added after the rehearsal";
        for (const auto& [database, schemas] : databases) {
            const auto accepted = known->second.find(database);
            if (accepted == known->second.end() || !std::ranges::includes(accepted->second, schemas))
                return "a sample of the database '" + database + "' of version " + version +
                       " with another schema was added after the rehearsal";
        }
    }
    return std::nullopt;
}

// The words of a command that name a file of the new code: {root}/recode, or a path in its tree.
void add_programs(const Release& release, const std::vector<std::string>& argv, Evidence& evidence) {
    constexpr std::string_view root = "{root}/";
    for (std::string word : argv) {
        if (word.starts_with(root)) word.erase(0, root.size());
        if (word.empty() || word.front() == '/') continue;
        const std::string path = joined(release.code, word);
        const auto status = system_files().status(path);
        if (status && status->kind == FileKind::file)
            evidence.programs[word] = sha256(*system_files().open(path));
    }
}

void add_programs(const Release& release, const Migration& migration, Evidence& evidence) {
    for (const Step& step : migration.steps)
        if (step.program) add_programs(release, step.program->argv, evidence);
}

void add_accepted(const Release& release, Evidence& evidence) {
    for (const PreviousRevision& previous : release.previous) {
        auto& databases = evidence.accepted[previous.version];
        for (const DatabaseEntry& database : release.databases) {
            std::vector<std::string> hashes;
            for (const Fingerprint& schema : sample_schemas(release, previous, database))
                hashes.push_back(schema.sha256);
            std::ranges::sort(hashes);
            if (!hashes.empty()) databases[database.name] = std::move(hashes);
        }
    }
}

std::optional<std::string> missing_schema(const Release& release, const Migrations& migrations,
                                          const Evidence& evidence) {
    if (evidence.schemas.empty()) return "it holds no schema: the rehearsal did not reach its end";
    for (const std::string& platform : platforms_that_differ(release, migrations))
        if (!evidence.schemas.contains(platform)) return "the platform '" + platform + "' was not rehearsed";
    for (const auto& [platform, schemas] : evidence.schemas)
        for (const DatabaseEntry& database : release.databases)
            if (lives_in(database, release.version) && !schemas.contains(database.name))
                return "the database '" + database.name + "' was not rehearsed";
    return std::nullopt;
}

RehearsalRun run_from(const json& value) {
    RehearsalRun run;
    value.at("from").get_to(run.from);
    value.at("platform").get_to(run.platform);
    value.at("database_bytes").get_to(run.database_bytes);
    value.at("growth").get_to(run.growth);
    value.at("seconds").get_to(run.seconds);
    value.at("phase_seconds").get_to(run.phase_seconds);
    value.at("bytes_before").get_to(run.bytes_before);
    value.at("bytes_after").get_to(run.bytes_after);
    value.at("rows").get_to(run.rows);
    value.at("table_seconds").get_to(run.table_seconds);
    value.at("script_seconds").get_to(run.script_seconds);
    value.at("script_rows").get_to(run.script_rows);
    return run;
}

Evidence evidence_from(const json& value) {
    Evidence evidence;
    value.at("product").get_to(evidence.product);
    value.at("version").get_to(evidence.version);
    value.at("engine").get_to(evidence.engine);
    value.at("created").get_to(evidence.created);
    value.at("scripts").get_to(evidence.scripts);
    value.at("programs").get_to(evidence.programs);
    value.at("accepted").get_to(evidence.accepted);
    value.at("declarations_sha256").get_to(evidence.declarations_sha256);
    for (const auto& [platform, databases] : value.at("schemas").items())
        for (const auto& [name, schema] : databases.items()) {
            Fingerprint& fingerprint = evidence.schemas[platform][name];
            schema.at("sha256").get_to(fingerprint.sha256);
            schema.at("objects").get_to(fingerprint.objects);
        }
    for (const json& run : value.at("runs")) evidence.runs.push_back(run_from(run));
    return evidence;
}

} // namespace

Evidence evidence_for(const Release& release, const Migrations& migrations) {
    Evidence evidence;
    evidence.product = release.product;
    evidence.version = release.version;
    evidence.engine = LOCKSTEP_ENGINE_VERSION;
    evidence.created = utc_now();
    for (const auto& [name, source] : migrations.sources) evidence.scripts[name] = source.sha256;
    for (const Migration& migration : migrations.migrations) add_programs(release, migration, evidence);
    if (migrations.init) add_programs(release, *migrations.init, evidence);
    if (release.health) add_programs(release, release.health->argv, evidence);
    add_accepted(release, evidence);
    evidence.declarations_sha256 = declarations_digest(release);
    return evidence;
}

std::optional<std::string> evidence_refusal(const Release& release, const Evidence& evidence) {
    if (evidence.product != release.product) return "it is of the product '" + evidence.product + "'";
    if (evidence.version != release.version) return "it is of version " + evidence.version;
    const Migrations migrations = read_migrations(release);
    const Evidence now = evidence_for(release, migrations);
    if (auto reason = changed_file("script", now.scripts, evidence.scripts)) return reason;
    if (now.declarations_sha256 != evidence.declarations_sha256)
        return "release.toml's declarations, databases or health command were changed after the rehearsal";
    if (auto reason = changed_file("program", now.programs, evidence.programs)) return reason;
    if (auto reason = added_sample(now, evidence)) return reason;
    return missing_schema(release, migrations, evidence);
}

std::string evidence_path(const Release& release) {
    return joined(release.folder, "rehearsal.json");
}

std::string write_evidence(const Evidence& evidence) {
    json value = {{"product", evidence.product},   {"version", evidence.version},
                  {"engine", evidence.engine},     {"created", evidence.created},
                  {"scripts", evidence.scripts},   {"programs", evidence.programs},
                  {"accepted", evidence.accepted}, {"declarations_sha256", evidence.declarations_sha256},
                  {"schemas", json::object()},     {"runs", json::array()}};
    for (const auto& [platform, databases] : evidence.schemas)
        for (const auto& [name, fingerprint] : databases)
            value["schemas"][platform][name] = fingerprint_json(fingerprint);
    for (const RehearsalRun& run : evidence.runs) value["runs"].push_back(rehearsal_json(run));
    return value.dump(2) + "\n";
}

Evidence parse_evidence(std::string_view text, const std::string& file) {
    try {
        return evidence_from(json::parse(text));
    } catch (const json::exception& error) {
        throw Error(Code::wrong_usage, "read the evidence", file, error.what())
            .advise("Run 'lockstep rehearse' again.");
    }
}

Evidence read_evidence(const Release& release) {
    const std::string path = evidence_path(release);
    if (!system_files().status(path))
        throw Error(Code::wrong_usage, "read the evidence", path, "the release was never rehearsed")
            .advise("Run 'lockstep rehearse " + release.file +
                    " --db COPY.db' with copies of real databases.");
    return parse_evidence(read_text(system_files(), path, evidence_limit), path);
}

void save_evidence(const Release& release, const Evidence& evidence) {
    write_durably(system_files(), evidence_path(release), write_evidence(evidence), 0644);
}

} // namespace lockstep
