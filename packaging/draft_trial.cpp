#include "packaging/draft_trial.h"

#include "packaging/empty_database.h"
#include "packaging/script_reach.h"
#include "payload/migration.h"
#include "payload/schema.h"
#include "payload/sql_text.h"
#include "updater/file_system.h"

namespace lockstep {
namespace {

SchemaOptions masked(const DraftInput& input) {
    SchemaOptions options;
    for (const Inference& one : input.pairing.inferences)
        if (one.kind == InferenceKind::random_default && one.applied())
            options.mask_defaults.push_back(dotted(one.to));
    return options;
}

// `left_out`: what the script doesn't reach, and is in both schemas as it was.
void require_new_schema(const DraftInput& input, const std::string& name, const std::string& file,
                        const std::set<std::string>& left_out) {
    Database tried(file, OpenMode::read_only, Code::wrong_usage);
    const SchemaOptions options = masked(input);
    Fingerprint expected = fingerprint_of(input.database, input.newer.schema, options);
    for (const std::string& object : left_out) expected.objects.erase(object);
    const auto differences = schema_differences(expected, fingerprint_of(tried, "main", options));
    if (differences.empty()) return;
    std::string all;
    for (const std::string& one : differences) all += (all.empty() ? "" : "; ") + one;
    throw Error(Code::wrong_usage, "draft", name,
                "what came out of a trial of it is not the new schema: " + all);
}

} // namespace

void try_draft(const DraftInput& input, const std::string& name, const std::string& script,
               const std::string& work) {
    const std::string file = joined(work, "draft.db");
    const DatabaseSchema reach = reach_of(script, input.older, input.newer);
    make_empty_database(reach, file);
    Migrator migrator({{"main", file}}, {}, [] { return false; });
    migrator.run_script(name, script);
    migrator.finish();
    require_new_schema(input, name, file, left_out(reach, input.older));
    system_files().remove_file(file);
}

} // namespace lockstep
