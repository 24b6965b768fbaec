#include "payload/manifest_check.h"

#include "payload/bundle_format.h"
#include "payload/delta.h"
#include "payload/json_strict.h"
#include "payload/path_rules.h"
#include "payload/version.h"

#include <algorithm>
#include <cmath>

namespace lockstep {
namespace {

using Refusal = std::optional<std::string>;

constexpr std::size_t database_limit =
    5; // DESIGN.md section 5; SQLite attaches 10: each of these and its backup

Refusal refused(const std::string& what, const std::string& name, const std::string& why) {
    return what + " '" + name + "' " + why;
}

bool is_hash(std::string_view text) {
    return text.size() == digest_size &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Refusal check_version(const std::string& what, const std::string& text) {
    if (is_version(text)) return {};
    return refused(what, text, "is not a version such as 1.2.0");
}

// 2026-01-31T23:59:59Z: one form only, so that times compare as text.
Refusal check_time(const std::string& what, const std::string& text) {
    constexpr std::string_view form = "0000-00-00T00:00:00Z";
    const auto fits = [](char expected, char c) {
        return expected == '0' ? c >= '0' && c <= '9' : c == expected;
    };
    if (std::ranges::equal(form, text, fits)) return {};
    return refused(what, text, "is not a time such as 2026-01-31T23:59:59Z");
}

Refusal check_file(const FileEntry& file) {
    if (const auto why = path_refusal(file.path)) return refused("the file", file.path, *why);
    if (!is_hash(file.sha256))
        return refused("the file", file.path, "has no SHA-256 in lower-case hexadecimal");
    if ((file.mode & ~0777U) != 0) return refused("the file", file.path, "has mode bits beyond 0777");
    if (file.size > json_number_limit) return refused("the file", file.path, "is larger than 2^53 bytes");
    return {};
}

Refusal check_files(const std::vector<FileEntry>& files) {
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (auto why = check_file(files[i])) return why;
        if (i > 0 && files[i - 1].path >= files[i].path)
            return refused("the file", files[i].path,
                           "is out of order: files are sorted by path, each named once");
    }
    return {};
}

bool has_file(const std::vector<FileEntry>& files, const std::string& path) {
    const auto found = std::ranges::lower_bound(files, path, {}, &FileEntry::path);
    return found != files.end() && found->path == path;
}

Refusal check_entry_points(const Revision& revision) {
    for (const std::string& path : revision.entry_points)
        if (!has_file(revision.files, path))
            return refused("the entry point", path, "is no file of version " + revision.version);
    return {};
}

Refusal check_schemas(const Revision& revision, const std::vector<DatabaseEntry>& databases) {
    for (const auto& [name, fingerprints] : revision.schemas) {
        const auto database = std::ranges::find(databases, name, &DatabaseEntry::name);
        if (database == databases.end() || !lives_in(*database, revision.version))
            return refused("the schema of", name,
                           "in version " + revision.version + " belongs to no database");
        for (const Fingerprint& fingerprint : fingerprints)
            if (!is_hash(fingerprint.sha256)) return refused("the schema of", name, "has no SHA-256");
    }
    return {};
}

Refusal check_collisions(const Revision& revision, const Manifest& manifest, bool with_defaults) {
    std::vector<std::string> paths;
    for (const DatabaseEntry& database : manifest.databases) paths.push_back(database.path);
    for (const FileEntry& file : revision.files) paths.push_back(file.path);
    if (with_defaults)
        for (const FileEntry& file : manifest.defaults) paths.push_back(file.path);
    const auto pair = colliding_paths(paths);
    if (!pair) return {};
    return "the paths '" + pair->first + "' and '" + pair->second + "' of version " + revision.version +
           " would be one on some file systems";
}

Refusal check_revision(const Revision& revision, const Manifest& manifest) {
    if (auto why = check_version("the revision's version", revision.version)) return why;
    if (auto why = check_files(revision.files)) return why;
    if (auto why = check_entry_points(revision)) return why;
    if (auto why = check_schemas(revision, manifest.databases)) return why;
    return check_collisions(revision, manifest, &revision == &manifest.target);
}

bool equal_without_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// SQLite compares a schema's name without regard to case; `main` is its own name for the first.
Refusal check_database_name(const std::string& name, bool is_first) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    if (name.empty() || !std::ranges::all_of(name, allowed))
        return refused("the database name", name, "may hold only letters, digits and _");
    if (equal_without_case(name, "temp") || equal_without_case(name.substr(0, 6), "before") ||
        equal_without_case(name, prepared_database) || (equal_without_case(name, "main") && !is_first))
        return refused("the database name", name, "is reserved");
    return {};
}

Refusal check_database_life(const DatabaseEntry& database, bool is_first) {
    for (const auto& version : {database.since, database.retired})
        if (version && !is_version(*version))
            return refused("the database", database.name,
                           "comes or goes in '" + *version + "', which is no version");
    if (is_first && (database.since || database.retired))
        return refused("the database", database.name, "is the first, which can neither come nor go");
    if (database.since && database.retired &&
        std::is_gteq(compare_versions(*database.since, *database.retired)))
        return refused("the database", database.name, "goes before it comes");
    return {};
}

Refusal check_databases(const std::vector<DatabaseEntry>& databases) {
    if (databases.size() > database_limit) return "there are more than 5 databases";
    for (std::size_t i = 0; i < databases.size(); ++i) {
        const DatabaseEntry& database = databases[i];
        if (auto why = check_database_name(database.name, i == 0)) return why;
        if (auto why = check_database_life(database, i == 0)) return why;
        if (const auto why = path_refusal(database.path))
            return refused("the database path", database.path, *why);
        for (std::size_t j = 0; j < i; ++j)
            if (equal_without_case(databases[j].name, database.name))
                return refused("the database name", database.name, "is used twice");
    }
    return {};
}

Refusal check_script(const Script& script) {
    if (!is_hash(script.sha256)) return refused("the script", script.name, "has no SHA-256");
    if (script.size > json_number_limit)
        return refused("the script", script.name, "is larger than 2^53 bytes");
    return {};
}

Refusal check_program(const std::string& what, const std::vector<std::string>& argv, int timeout_s) {
    if (argv.empty() || argv.front().empty()) return what + " names no program";
    if (timeout_s < 1) return what + " has a timeout below 1 s";
    return {};
}

Refusal check_step(const Step& step, const std::string& version) {
    if (step.script.has_value() == step.program.has_value())
        return "a step of migration " + version + " must be either a script or a program";
    if (step.prepares && (!step.script || !step.platform.empty()))
        return "what prepares migration " + version + " must be a script, for every platform";
    if (step.script) return check_script(*step.script);
    return check_program("the program '" + step.program->name + "'", step.program->argv,
                         step.program->timeout_s);
}

Refusal check_scripts(const Migration& migration) {
    for (const Step& step : migration.steps)
        if (auto why = check_step(step, migration.version)) return why;
    for (const Script& script : migration.reverts)
        if (auto why = check_script(script)) return why;
    return migration.checks ? check_script(*migration.checks) : Refusal();
}

Refusal check_migrations(const std::vector<Migration>& migrations) {
    for (std::size_t i = 0; i < migrations.size(); ++i) {
        if (auto why = check_version("the migration's version", migrations[i].version)) return why;
        if (auto why = check_scripts(migrations[i])) return why;
        if (i > 0 && std::is_gteq(compare_versions(migrations[i - 1].version, migrations[i].version)))
            return refused("the migration", migrations[i].version, "is out of order");
    }
    return {};
}

Refusal check_init(const Manifest& manifest) {
    if (!manifest.init) return {};
    if (manifest.init->version != init_version || !manifest.init->reverts.empty() ||
        std::ranges::any_of(manifest.init->steps, &Step::prepares))
        return "what makes the first databases is none of its folder";
    return check_scripts(*manifest.init);
}

bool is_measure(double number) {
    return std::isfinite(number) && number >= 0;
}

Refusal check_rehearsal(const std::vector<RehearsalRun>& runs) {
    const auto good = [](const auto& entry) { return is_measure(entry.second); };
    const auto counted = [](const auto& entry) { return entry.second >= 0; };
    for (const RehearsalRun& run : runs) {
        if (auto why = check_version("the rehearsal's version", run.from)) return why;
        if (!is_measure(run.growth) || !is_measure(run.seconds) || !std::ranges::all_of(run.rows, counted) ||
            !std::ranges::all_of(run.script_rows, counted) || !std::ranges::all_of(run.phase_seconds, good) ||
            !std::ranges::all_of(run.table_seconds, good) || !std::ranges::all_of(run.script_seconds, good))
            return refused("the rehearsal from", run.from, "has a measure below 0 or none at all");
    }
    return {};
}

Refusal check_payload(const Manifest& manifest) {
    const std::uint64_t pieces = (manifest.payload_size + payload_piece - 1) / payload_piece;
    if (manifest.payload_size > json_number_limit || manifest.payload_pieces.size() != pieces)
        return "the payload's size and the number of its pieces don't fit each other";
    if (manifest.archive_size > manifest.payload_size)
        return "the payload's archive is larger than the payload";
    if (!std::ranges::all_of(manifest.payload_pieces, is_hash))
        return "a piece of the payload has no SHA-256";
    if (!std::ranges::all_of(manifest.trust, is_hash)) return "a trust document has no SHA-256";
    if (!manifest.gate_sha256.empty() && !is_hash(manifest.gate_sha256)) return "the gate has no SHA-256";
    if (manifest.gate_sha256.empty() && has_entry_points(manifest))
        return "there are entry points, but no gate to put there";
    return {};
}

Refusal check_delta_part(const DeltaPart& part, const Revision& from, const Manifest& manifest) {
    if (part.source >= from.files.size() || part.target >= manifest.target.files.size())
        return "a delta from version " + from.version + " is of a file that no list has";
    const FileEntry& source = from.files[part.source];
    if (part.offset > source.size || part.size > source.size - part.offset)
        return refused("a delta of", source.path, "goes past its end");
    return {};
}

Refusal check_delta_frame(const DeltaFrame& frame, const Manifest& manifest) {
    if (frame.from >= manifest.from.size()) return "a frame of deltas is from no version that is listed";
    const Revision& from = manifest.from[frame.from];
    const std::string which = "a frame of deltas from version " + from.version;
    if (frame.offset < manifest.archive_size || frame.offset > manifest.payload_size ||
        frame.size > manifest.payload_size - frame.offset)
        return which + " lies outside its part of the payload";
    if (frame.content > delta_content_limit || frame.size > delta_content_limit)
        return which + " is larger than 4 MiB";
    std::uint64_t reference = 0;
    for (const DeltaPart& part : frame.parts) {
        if (auto why = check_delta_part(part, from, manifest)) return why;
        reference += part.size;
        if (reference > delta_reference_limit) return which + " needs more than 8 MiB of old files";
    }
    return {};
}

Refusal check_deltas(const Manifest& manifest) {
    for (const DeltaFrame& frame : manifest.deltas)
        if (auto why = check_delta_frame(frame, manifest)) return why;
    return {};
}

Refusal check_facts(const Manifest& manifest) {
    if (manifest.product.empty()) return "it names no product";
    if (auto why = check_version("the version", manifest.version)) return why;
    if (auto why = check_version("the floor", manifest.floor)) return why;
    if (auto why = check_version("the minimum engine", manifest.minimum_engine)) return why;
    if (auto why = check_time("the time of creation", manifest.created)) return why;
    if (manifest.expires)
        if (auto why = check_time("the expiry", *manifest.expires)) return why;
    if (manifest.target.version != manifest.version)
        return refused("the target's version", manifest.target.version, "is not the manifest's");
    return manifest.health
               ? check_program("the health command", manifest.health->argv, manifest.health->timeout_s)
               : Refusal();
}

} // namespace

bool has_entry_points(const Manifest& manifest) {
    const auto has = [](const Revision& revision) { return !revision.entry_points.empty(); };
    return has(manifest.target) || std::ranges::any_of(manifest.from, has);
}

bool lives_in(const DatabaseEntry& database, const std::string& version) {
    const bool has_come = !database.since || std::is_lteq(compare_versions(*database.since, version));
    return has_come && (!database.retired || std::is_gt(compare_versions(*database.retired, version)));
}

Refusal manifest_refusal(const Manifest& manifest) {
    if (auto why = check_facts(manifest)) return why;
    if (auto why = check_databases(manifest.databases)) return why;
    if (auto why = check_files(manifest.defaults)) return why;
    for (const Revision& revision : manifest.from)
        if (auto why = check_revision(revision, manifest)) return why;
    if (auto why = check_revision(manifest.target, manifest)) return why;
    if (auto why = check_migrations(manifest.migrations)) return why;
    if (auto why = check_init(manifest)) return why;
    if (auto why = check_rehearsal(manifest.rehearsal)) return why;
    if (auto why = check_payload(manifest)) return why;
    return check_deltas(manifest);
}

} // namespace lockstep
