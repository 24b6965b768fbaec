#include "packaging/code_tree.h"
#include "packaging/make_bundle.h"
#include "packaging/release_copies.h"
#include "packaging/trust_documents.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "payload/manifest_check.h"
#include "payload/schema.h"
#include "payload/sqlite.h"
#include "updater/file_system.h"
#include "updater/process.h"

#include <algorithm>
#include <iostream>
#include <set>

namespace lockstep {
namespace {

void note_empty_folders(const CodeTree& tree) {
    for (const std::string& folder : tree.empty_folders)
        std::cerr << "lockstep: note: the empty folder " << joined(tree.folder, folder)
                  << " doesn't travel: only files do\n";
}

bool holds(const CodeTree& tree, const std::string& path) {
    return std::ranges::any_of(tree.files, [&](const FileEntry& entry) { return entry.path == path; });
}

void require_entry_points(const CodeTree& tree, const std::vector<std::string>& entry_points) {
    for (const std::string& path : entry_points)
        if (!holds(tree, path))
            throw Error(Code::wrong_usage, "use the entry point", path,
                        "there is no such file in " + tree.folder);
}

void require_whole(const std::string& path) {
    for (const std::string& sidecar : {path + "-wal", path + "-journal"})
        if (const auto status = system_files().status(sidecar); status && status->size > 0)
            throw Error(Code::wrong_usage, "use", path, sidecar + " holds a part of it")
                .advise("Copy both together, and make one whole file of them: sqlite3 COPY.db \"VACUUM INTO "
                        "'WHOLE.db'\"");
}

void add_distinct(std::vector<Fingerprint>& list, const Fingerprint& fingerprint) {
    const bool known = std::ranges::any_of(
        list, [&](const Fingerprint& other) { return other.sha256 == fingerprint.sha256; });
    if (!known) list.push_back(fingerprint);
}

Revision previous_revision(const Release& release, const PreviousRevision& previous) {
    const CodeTree tree = list_code(previous.code, release);
    Revision revision{previous.version, tree.files, {}, {}};
    if (previous.entry_points) {
        require_entry_points(tree, *previous.entry_points);
        revision.entry_points = *previous.entry_points;
    } else {
        std::ranges::copy_if(release.entry_points, std::back_inserter(revision.entry_points),
                             [&](const std::string& path) { return holds(tree, path); });
    }
    for (const DatabaseEntry& database : release.databases)
        if (auto schemas = sample_schemas(release, previous, database); !schemas.empty())
            revision.schemas[database.name] = std::move(schemas);
    return revision;
}

void add_target(Manifest& manifest, const Release& release, const Evidence& evidence) {
    const CodeTree tree = list_code(release.code, release);
    note_empty_folders(tree);
    require_entry_points(tree, release.entry_points);
    manifest.target = {release.version, tree.files, release.entry_points, {}};
    manifest.defaults = tree.preserved;
    for (const auto& [platform, schemas] : evidence.schemas)
        for (const auto& [name, fingerprint] : schemas)
            add_distinct(manifest.target.schemas[name], fingerprint);
}

std::set<std::string> paths_of(const std::vector<FileEntry>& files) {
    std::set<std::string> paths;
    for (const FileEntry& entry : files) paths.insert(entry.path);
    return paths;
}

// The swap moves files: it makes no folder where one stands, nor the other way round.
void require_no_file_above(const std::set<std::string>& above, const std::string& file_version,
                           const std::set<std::string>& paths, const std::string& folder_version) {
    for (const std::string& path : paths)
        for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
            const std::string folder = path.substr(0, end);
            if (!above.contains(folder)) continue;
            throw Error(Code::wrong_usage, "take", folder,
                        "it is a file in version " + file_version + " and a folder in version " +
                            folder_version + ", which has " + path)
                .advise("Give one of them another name, or go through a release between that has neither.");
        }
}

void require_same_kinds(const Manifest& manifest) {
    std::set<std::string> target = paths_of(manifest.target.files);
    target.merge(paths_of(manifest.defaults));
    for (const Revision& revision : manifest.from) {
        const std::set<std::string> before = paths_of(revision.files);
        require_no_file_above(before, revision.version, target, manifest.version);
        require_no_file_above(target, manifest.version, before, revision.version);
    }
}

void add_gate(Manifest& manifest, const std::string& gate) {
    if (!has_entry_points(manifest)) return;
    if (!system_files().status(gate))
        throw Error(Code::wrong_usage, "read the gate", gate, "there is no such file")
            .advise("Give --gate FILE: the release or a previous version has entry points, and the gate "
                    "stands there during the swap.");
    const auto program = system_files().open(gate);
    manifest.gate_sha256 = sha256(*program);
    manifest.gate_size = program->size();
}

void add_trust(Manifest& manifest, const Release& release) {
    for (const SignedDocument& document : read_trust_chain(release))
        manifest.trust.push_back(sha256(document.bytes));
}

} // namespace

Fingerprint fingerprint_of_copy(const Release& release, const DatabaseEntry& entry, const std::string& path) {
    try {
        require_whole(path);
        Database database(path, OpenMode::immutable, Code::wrong_usage);
        return fingerprint_of(database, "main", {entry.mask_defaults, release.declarations.ignore_tables});
    } catch (const Error& error) {
        throw with_code(error, Code::wrong_usage).during("reading the copy " + path);
    }
}

std::string default_gate() {
    return joined(parent_of(own_executable()), "gate");
}

Manifest make_manifest(const Release& release, const Evidence& evidence, const std::string& gate) {
    Manifest manifest;
    manifest.product = release.product;
    manifest.version = release.version;
    manifest.floor = release.floor;
    manifest.platforms = release.platforms;
    // Nothing older than what it was rehearsed with.
    manifest.minimum_engine = evidence.engine.empty() ? LOCKSTEP_ENGINE_VERSION : evidence.engine;
    manifest.created = evidence.created;
    manifest.expires = release.expires;
    for (const PreviousRevision& previous : release.previous)
        manifest.from.push_back(previous_revision(release, previous));
    add_target(manifest, release, evidence);
    require_same_kinds(manifest);
    manifest.databases = release.databases;
    manifest.preserve = release.preserve;
    manifest.set_aside_local_changes = release.set_aside_local_changes;
    Migrations migrations = read_migrations(release);
    manifest.migrations = std::move(migrations.migrations);
    manifest.init = std::move(migrations.init);
    manifest.critical_platforms = release.critical_platforms;
    manifest.declarations = release.declarations;
    manifest.health = release.health;
    manifest.rehearsal = evidence.runs;
    manifest.locations = release.locations;
    add_gate(manifest, gate);
    add_trust(manifest, release);
    return manifest;
}

} // namespace lockstep
