#include "payload/error.h"
#include "payload/manifest_check.h"
#include "payload/manifest_json.h"

namespace lockstep {
namespace {

constexpr int manifest_format = 1;
const std::string manifest_name = "the manifest";

template <typename T, typename Convert> Json list_of(const std::vector<T>& values, Convert convert) {
    Json list = Json::array();
    for (const T& value : values) list.push_back(convert(value));
    return list;
}

Json file_json(const FileEntry& file) {
    return {{"path", file.path}, {"size", file.size}, {"sha256", file.sha256}, {"mode", file.mode}};
}

Json delta_part_json(const DeltaPart& part) {
    return {{"source", part.source}, {"offset", part.offset}, {"size", part.size}, {"target", part.target}};
}

Json delta_frame_json(const DeltaFrame& frame) {
    return {{"from", frame.from},
            {"offset", frame.offset},
            {"size", frame.size},
            {"content", frame.content},
            {"parts", list_of(frame.parts, delta_part_json)}};
}

Json revision_json(const Revision& revision) {
    Json schemas = Json::object();
    for (const auto& [name, fingerprints] : revision.schemas)
        schemas[name] = list_of(fingerprints, fingerprint_json);
    return {{"version", revision.version},
            {"files", list_of(revision.files, file_json)},
            {"entry_points", revision.entry_points},
            {"schemas", std::move(schemas)}};
}

Json script_json(const Script& script) {
    return {{"name", script.name}, {"sha256", script.sha256}, {"size", script.size}};
}

Json step_json(const Step& step) {
    Json json{{"platform", step.platform}, {"prepares", step.prepares}};
    if (step.script) json["script"] = script_json(*step.script);
    if (step.program)
        json["program"] = {{"name", step.program->name},
                           {"argv", step.program->argv},
                           {"timeout_s", step.program->timeout_s}};
    return json;
}

Json migration_json(const Migration& migration) {
    Json json{{"version", migration.version},
              {"steps", list_of(migration.steps, step_json)},
              {"reverts", list_of(migration.reverts, script_json)}};
    if (migration.checks) json["checks"] = script_json(*migration.checks);
    return json;
}

Json declarations_json(const Declarations& declarations) {
    return {
        {"max_shrink", declarations.max_shrink},           {"renamed_tables", declarations.renamed_tables},
        {"dropped_tables", declarations.dropped_tables},   {"moved_columns", declarations.moved_columns},
        {"changed_columns", declarations.changed_columns}, {"dropped_columns", declarations.dropped_columns},
        {"ignore_tables", declarations.ignore_tables},     {"journal", declarations.journal}};
}

Json manifest_json(const Manifest& manifest) {
    Json json{{"format", manifest_format},
              {"product", manifest.product},
              {"version", manifest.version},
              {"floor", manifest.floor},
              {"platforms", manifest.platforms},
              {"minimum_engine", manifest.minimum_engine},
              {"created", manifest.created},
              {"from", list_of(manifest.from, revision_json)},
              {"target", revision_json(manifest.target)},
              {"databases", list_of(manifest.databases, database_json)},
              {"defaults", list_of(manifest.defaults, file_json)},
              {"deltas", list_of(manifest.deltas, delta_frame_json)},
              {"preserve", manifest.preserve},
              {"set_aside_local_changes", manifest.set_aside_local_changes},
              {"migrations", list_of(manifest.migrations, migration_json)},
              {"critical_platforms", manifest.critical_platforms},
              {"declarations", declarations_json(manifest.declarations)},
              {"rehearsal", list_of(manifest.rehearsal, rehearsal_json)},
              {"locations", manifest.locations},
              {"gate_sha256", manifest.gate_sha256},
              {"gate_size", manifest.gate_size},
              {"trust", manifest.trust},
              {"payload_size", manifest.payload_size},
              {"archive_size", manifest.archive_size},
              {"whole_files", manifest.whole_files},
              {"payload_pieces", manifest.payload_pieces}};
    if (manifest.init) json["init"] = migration_json(*manifest.init);
    if (manifest.expires) json["expires"] = *manifest.expires;
    if (manifest.health)
        json["health"] = {{"argv", manifest.health->argv}, {"timeout_s", manifest.health->timeout_s}};
    return json;
}

} // namespace

Json database_json(const DatabaseEntry& database) {
    Json json{{"name", database.name}, {"path", database.path}, {"mask_defaults", database.mask_defaults}};
    if (database.since) json["since"] = *database.since;
    if (database.retired) json["retired"] = *database.retired;
    return json;
}

Json fingerprint_json(const Fingerprint& fingerprint) {
    return {{"sha256", fingerprint.sha256}, {"objects", fingerprint.objects}};
}

Json rehearsal_json(const RehearsalRun& run) {
    return {{"from", run.from},
            {"platform", run.platform},
            {"database_bytes", run.database_bytes},
            {"growth", run.growth},
            {"seconds", run.seconds},
            {"phase_seconds", run.phase_seconds},
            {"bytes_before", run.bytes_before},
            {"bytes_after", run.bytes_after},
            {"rows", run.rows},
            {"table_seconds", run.table_seconds},
            {"script_seconds", run.script_seconds},
            {"script_rows", run.script_rows}};
}

std::string write_manifest(const Manifest& manifest) {
    if (const auto why = manifest_refusal(manifest))
        throw Error(Code::wrong_usage, "write", manifest_name, *why);
    std::string json = write_json(manifest_json(manifest), manifest_name);
    if (json.size() > manifest_limit)
        throw Error(Code::wrong_usage, "write", manifest_name, "it would be larger than 32 MiB");
    return json;
}

} // namespace lockstep
