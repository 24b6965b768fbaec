#include "packaging/draft_trial.h"

#include "payload/migration.h"
#include "payload/schema.h"
#include "payload/sql_text.h"
#include "updater/file_system.h"

namespace lockstep {
namespace {

// Every object of the schema, no rows. Shadow tables come with their virtual table.
void make_empty(const DraftInput& input, const std::string& file) {
    Database database(file, OpenMode::create, Code::wrong_usage);
    database.run("PRAGMA user_version = " + std::to_string(input.older.user_version) +
                 "; PRAGMA application_id = " + std::to_string(input.older.application_id) + "; BEGIN");
    for (const auto& [name, table] : input.older.tables) database.run(table.sql);
    for (const auto* objects : {&input.older.indexes, &input.older.views, &input.older.triggers})
        for (const auto& [name, object] : *objects) database.run(object.sql);
    database.run("COMMIT");
    database.close();
}

SchemaOptions masked(const DraftInput& input) {
    SchemaOptions options;
    for (const Inference& one : input.pairing.inferences)
        if (one.kind == InferenceKind::random_default && one.applied())
            options.mask_defaults.push_back(dotted(one.to));
    return options;
}

void require_new_schema(const DraftInput& input, const std::string& name, const std::string& file) {
    Database tried(file, OpenMode::read_only, Code::wrong_usage);
    const SchemaOptions options = masked(input);
    const auto differences = schema_differences(fingerprint_of(input.database, input.newer.schema, options),
                                                fingerprint_of(tried, "main", options));
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
    make_empty(input, file);
    Migrator migrator({{"main", file}}, {}, [] { return false; });
    migrator.run_script(name, script);
    migrator.finish();
    require_new_schema(input, name, file);
    system_files().remove_file(file);
}

} // namespace lockstep
