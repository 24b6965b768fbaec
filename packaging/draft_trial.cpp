#include "packaging/draft_trial.h"

#include "packaging/empty_database.h"
#include "packaging/script_reach.h"
#include "payload/migration.h"
#include "payload/schema.h"
#include "payload/sql_text.h"
#include "updater/file_system.h"

#include <charconv>

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

// "all.sql line 12"
int line_in(const std::string& place) {
    int line = 0;
    const std::size_t digits = place.find_last_not_of("0123456789") + 1;
    std::from_chars(place.data() + digits, place.data() + place.size(), line);
    return line;
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

std::optional<StoppedAt> try_on_rows(const DraftInput& input, const std::string& name,
                                     const std::string& script, const std::string& work) {
    const std::string file = joined(work, "rows.db");
    std::optional<StoppedAt> stopped;
    FileSystem& files = system_files();
    for (const std::string part : {"", "-wal"}) // a log that nobody has written back yet
        if (files.status(input.database.path() + part))
            clone_or_copy_file(files, input.database.path() + part, file + part, 0600);
    try {
        Migrator migrator({{"main", file}}, {}, [] { return false; });
        migrator.run_script(name, script);
        migrator.finish();
    } catch (const Error& error) {
        if (error.code() != Code::migration_failed) throw;
        stopped = StoppedAt{line_in(error.subject()), error.cause().substr(0, error.cause().find(", in: "))};
    }
    for (const std::string part : {"", "-wal", "-shm"}) files.remove_file(file + part);
    return stopped;
}

} // namespace lockstep
