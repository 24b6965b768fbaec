#include "payload/error.h"
#include "payload/json_strict.h"
#include "payload/manifest_check.h"

namespace lockstep {
namespace {

const std::string manifest_name = "the manifest";

// The list at `key`, each entry converted by `convert(Fields&)` and let go of before the next.
template <typename Convert> auto objects(Fields& fields, const std::string& key, Convert convert) {
    std::vector<decltype(convert(fields))> result;
    std::vector<Json> values = fields.list(key);
    result.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        Fields entry(std::move(values[i]), fields.place_of(key) + "[" + std::to_string(i) + "]",
                     manifest_name);
        result.push_back(convert(entry));
        entry.done();
    }
    return result;
}

template <typename Convert> auto object(Fields& fields, const std::string& key, Convert convert) {
    Fields entry(fields.take(key), fields.place_of(key), manifest_name);
    auto result = convert(entry);
    entry.done();
    return result;
}

template <typename Convert> auto optional_object(Fields& fields, const std::string& key, Convert convert) {
    std::optional<decltype(convert(fields))> result;
    if (fields.has(key)) result = object(fields, key, convert);
    return result;
}

FileEntry file_from(Fields& fields) {
    FileEntry file;
    file.path = fields.text("path");
    file.size = fields.number("size");
    file.sha256 = fields.text("sha256");
    file.mode = static_cast<std::uint32_t>(fields.number("mode", 0, 0777));
    return file;
}

Fingerprint fingerprint_from(Fields& fields) {
    Fingerprint fingerprint;
    fingerprint.sha256 = fields.text("sha256");
    fingerprint.objects = fields.text_map("objects");
    return fingerprint;
}

DeltaPart delta_part_from(Fields& fields) {
    DeltaPart part;
    part.source = fields.number("source");
    part.offset = fields.number("offset");
    part.size = fields.number("size");
    part.target = fields.number("target");
    return part;
}

DeltaFrame delta_frame_from(Fields& fields) {
    DeltaFrame frame;
    frame.from = fields.number("from");
    frame.offset = fields.number("offset");
    frame.size = fields.number("size");
    frame.content = fields.number("content");
    frame.parts = objects(fields, "parts", delta_part_from);
    return frame;
}

Revision revision_from(Fields& fields) {
    Revision revision;
    revision.version = fields.text("version");
    revision.files = objects(fields, "files", file_from);
    revision.entry_points = fields.texts("entry_points");
    Fields schemas(fields.take("schemas"), fields.place_of("schemas"), manifest_name);
    for (const std::string& name : schemas.keys())
        revision.schemas.emplace(name, objects(schemas, name, fingerprint_from));
    return revision;
}

DatabaseEntry database_from(Fields& fields) {
    DatabaseEntry database;
    database.name = fields.text("name");
    database.path = fields.text("path");
    database.mask_defaults = fields.texts("mask_defaults");
    database.since = fields.optional_text("since");
    database.retired = fields.optional_text("retired");
    return database;
}

Script script_from(Fields& fields) {
    Script script;
    script.name = fields.text("name");
    script.sha256 = fields.text("sha256");
    script.size = fields.number("size");
    return script;
}

Program program_from(Fields& fields) {
    Program program;
    program.name = fields.text("name");
    program.argv = fields.texts("argv");
    program.timeout_s = fields.small_number("timeout_s", 1);
    return program;
}

Step step_from(Fields& fields) {
    Step step;
    step.script = optional_object(fields, "script", script_from);
    step.program = optional_object(fields, "program", program_from);
    step.platform = fields.text("platform");
    step.prepares = fields.flag("prepares");
    return step;
}

Migration migration_from(Fields& fields) {
    Migration migration;
    migration.version = fields.text("version");
    migration.steps = objects(fields, "steps", step_from);
    migration.reverts = objects(fields, "reverts", script_from);
    migration.checks = optional_object(fields, "checks", script_from);
    return migration;
}

Declarations declarations_from(Fields& fields) {
    Declarations declarations;
    declarations.max_shrink = fields.text_map("max_shrink");
    declarations.renamed_tables = fields.text_map("renamed_tables");
    declarations.dropped_tables = fields.texts("dropped_tables");
    declarations.moved_columns = fields.text_map("moved_columns");
    declarations.changed_columns = fields.texts("changed_columns");
    declarations.dropped_columns = fields.texts("dropped_columns");
    declarations.ignore_tables = fields.texts("ignore_tables");
    declarations.journal = fields.flag("journal");
    return declarations;
}

Health health_from(Fields& fields) {
    Health health;
    health.argv = fields.texts("argv");
    health.timeout_s = fields.small_number("timeout_s", 1);
    return health;
}

std::map<std::string, double> reals_at(Fields& fields, const std::string& key) {
    Fields entries(fields.take(key), fields.place_of(key), manifest_name);
    std::map<std::string, double> result;
    for (const std::string& name : entries.keys()) result.emplace(name, entries.real(name));
    return result;
}

std::map<std::string, std::uint64_t> numbers_at(Fields& fields, const std::string& key) {
    Fields entries(fields.take(key), fields.place_of(key), manifest_name);
    std::map<std::string, std::uint64_t> result;
    for (const std::string& name : entries.keys()) result.emplace(name, entries.number(name));
    return result;
}

std::map<std::string, std::int64_t> counts_at(Fields& fields, const std::string& key) {
    std::map<std::string, std::int64_t> result;
    for (const auto& [name, number] : numbers_at(fields, key))
        result.emplace(name, static_cast<std::int64_t>(number)); // below 2^53
    return result;
}

RehearsalRun rehearsal_from(Fields& fields) {
    RehearsalRun run;
    run.from = fields.text("from");
    run.platform = fields.text("platform");
    run.database_bytes = fields.number("database_bytes");
    run.growth = fields.real("growth");
    run.seconds = fields.real("seconds");
    run.phase_seconds = reals_at(fields, "phase_seconds");
    run.bytes_before = numbers_at(fields, "bytes_before");
    run.bytes_after = numbers_at(fields, "bytes_after");
    run.rows = counts_at(fields, "rows");
    run.table_seconds = reals_at(fields, "table_seconds");
    run.script_seconds = reals_at(fields, "script_seconds");
    run.script_rows = counts_at(fields, "script_rows");
    return run;
}

void read_facts(Fields& fields, Manifest& manifest) {
    manifest.product = fields.text("product");
    manifest.version = fields.text("version");
    manifest.floor = fields.text("floor");
    manifest.platforms = fields.texts("platforms");
    manifest.minimum_engine = fields.text("minimum_engine");
    manifest.created = fields.text("created");
    manifest.expires = fields.optional_text("expires");
    manifest.preserve = fields.texts("preserve");
    manifest.set_aside_local_changes = fields.flag("set_aside_local_changes");
    manifest.health = optional_object(fields, "health", health_from);
    manifest.locations = fields.texts("locations");
    manifest.gate_sha256 = fields.text("gate_sha256");
    manifest.gate_size = fields.number("gate_size");
    manifest.trust = fields.texts("trust");
    manifest.payload_size = fields.number("payload_size");
    manifest.whole_files = fields.flag("whole_files");
    manifest.archive_size = fields.number("archive_size");
    manifest.payload_pieces = fields.texts("payload_pieces");
}

} // namespace

Manifest parse_manifest(std::string_view json) {
    if (json.size() > manifest_limit)
        throw Error(Code::not_trusted, "read", manifest_name, "it is larger than 32 MiB");
    Fields fields(parse_json(json, manifest_name), "", manifest_name);
    fields.number("format", 1, 1);
    Manifest manifest;
    read_facts(fields, manifest);
    manifest.from = objects(fields, "from", revision_from);
    manifest.target = object(fields, "target", revision_from);
    manifest.databases = objects(fields, "databases", database_from);
    manifest.deltas = objects(fields, "deltas", delta_frame_from);
    manifest.defaults = objects(fields, "defaults", file_from);
    manifest.migrations = objects(fields, "migrations", migration_from);
    manifest.init = optional_object(fields, "init", migration_from);
    manifest.critical_platforms = fields.texts("critical_platforms");
    manifest.declarations = object(fields, "declarations", declarations_from);
    manifest.rehearsal = objects(fields, "rehearsal", rehearsal_from);
    fields.done();
    if (const auto why = manifest_refusal(manifest))
        throw Error(Code::not_trusted, "read", manifest_name, *why);
    return manifest;
}

} // namespace lockstep
