// What a bundle says: `manifest.json`. The release manager signs its packed bytes (payload/manifest_pack.h).
//
// A manifest is parsed only after its signatures were verified. parse_manifest refuses (Code::not_trusted)
// whatever write_manifest can't have written: duplicate keys, unknown format, numbers past 2^53, nesting
// deeper than 32, names that break the rules of payload/path_rules.h. Limits: manifest_limit bytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

constexpr std::uint64_t manifest_limit = 32u << 20; // bytes: 100,000 files in three revisions fit

// One file of the code. `sha256` is of its content.
struct FileEntry {
    std::string path; // UTF-8, relative to the install root, '/'-separated
    std::uint64_t size = 0;
    std::string sha256;
    std::uint32_t mode = 0644; // permission bits
    bool operator==(const FileEntry&) const = default;
};

// A structural fingerprint (payload/schema.h): `sha256` decides; `objects` ("table patient", "index
// patient_name", "trigger …", "view …" -> a digest of each) lets a difference be named.
struct Fingerprint {
    std::string sha256;
    std::map<std::string, std::string> objects;
    bool operator==(const Fingerprint&) const = default;
};

// One new file, or a part of one, as a frame of deltas has it: `target` is its place in the target's files,
// `source` that of the old file in the files of a revision, [offset, offset + size) what of the old file it
// was compressed against.
struct DeltaPart {
    std::uint64_t source = 0;
    std::uint64_t offset = 0; // bytes
    std::uint64_t size = 0;   // bytes
    std::uint64_t target = 0;
    bool operator==(const DeltaPart&) const = default;
};

// Deltas that were compressed together (payload/delta.h). The parts of one file follow each other.
struct DeltaFrame {
    std::uint64_t from =
        0; // place in `from` of the revision that has the old files; others may have them too
    std::uint64_t offset = 0;  // in the payload, bytes
    std::uint64_t size = 0;    // in the payload, bytes
    std::uint64_t content = 0; // unpacked, bytes
    std::vector<DeltaPart> parts;
    bool operator==(const DeltaFrame&) const = default;
};

// A known state of code and schema. `schemas`: for each database name the fingerprints it may have.
struct Revision {
    std::string version;
    std::vector<FileEntry> files; // sorted by path; without preserved files
    std::vector<std::string> entry_points;
    std::map<std::string, std::vector<Fingerprint>> schemas;
    bool operator==(const Revision&) const = default;
};

struct DatabaseEntry {
    std::string name;
    std::string path; // under the install root
    std::vector<std::string> mask_defaults;
    std::optional<std::string> since;   // the version that creates it; nothing: every version has it
    std::optional<std::string> retired; // the first version without it
    bool operator==(const DatabaseEntry&) const = default;
};

// What a release's prepare.sql writes to, and its migration reads, goes by this name. No database has it.
constexpr std::string_view prepared_database = "prepared";

// Whether that version of the application has the database.
bool lives_in(const DatabaseEntry& database, const std::string& version);

// A migration's file, found in the payload by its hash.
struct Script {
    std::string name; // "1.1.0/all.sql": what messages call it
    std::string sha256;
    std::uint64_t size = 0;
    bool operator==(const Script&) const = default;
};

// A program of the new code that gets the trial copies' paths (`*.run.toml`).
struct Program {
    std::string name; // "1.1.0/recode.run.toml"
    std::vector<std::string> argv;
    int timeout_s = 3600;
    bool operator==(const Program&) const = default;
};

// One step of a migration, in the order in which it runs.
struct Step {
    std::optional<Script> script;
    std::optional<Program> program;
    std::string platform;  // empty: on every platform
    bool prepares = false; // prepare.sql, which may run before the update too
    bool operator==(const Step&) const = default;
};

// Of the scripts that make the databases where there are none: migrations/init/
constexpr std::string_view init_version = "init";

// migrations/<version>/
struct Migration {
    std::string version;
    std::vector<Step> steps;
    std::vector<Script> reverts; // revert.sql, if there is one
    std::optional<Script> checks;
    bool operator==(const Migration&) const = default;
};

// The loss ledger's declarations. A table may be written "table" or "database.table", a column "table.column"
// or "database.table.column"; names are compared as SQLite does, without regard to ASCII case.
struct Declarations {
    std::map<std::string, std::string> max_shrink; // "100%" or a number of rows, "250"
    std::map<std::string, std::string> renamed_tables;
    std::vector<std::string> dropped_tables;
    std::map<std::string, std::string> moved_columns;
    std::vector<std::string> changed_columns; // may change, or go
    std::vector<std::string> dropped_columns;
    std::vector<std::string> ignore_tables;
    bool journal = false; // scripts may use ROLLBACK, SAVEPOINT, OR ROLLBACK, journal pragmas
    bool operator==(const Declarations&) const = default;
};

struct Health {
    std::vector<std::string> argv; // "{root}" stands for the preview's folder
    int timeout_s = 60;
    bool operator==(const Health&) const = default;
};

// What the rehearsal measured on one copy of a real installation.
struct RehearsalRun {
    std::string from;
    std::string platform;
    std::uint64_t database_bytes = 0;            // all databases together, before
    double growth = 1.0;                         // largest size of a trial copy / its size before
    double seconds = 0;                          // migration and verification
    std::map<std::string, double> phase_seconds; // per step of the spine
    // Per database. One that comes has no bytes before, one that goes none after.
    std::map<std::string, std::uint64_t> bytes_before;
    std::map<std::string, std::uint64_t> bytes_after;
    // Per table, in lower case; but for the first database's, "database.table".
    std::map<std::string, std::int64_t> rows;    // before
    std::map<std::string, double> table_seconds; // time of the statements that wrote it
    // Per script or program.
    std::map<std::string, double> script_seconds;
    std::map<std::string, std::int64_t>
        script_rows; // that it inserted, updated or deleted; of a program nothing
    bool operator==(const RehearsalRun&) const = default;
};

struct Manifest {
    std::string product;
    std::string version;
    std::string floor; // no version below it is accepted after this one was committed
    std::vector<std::string> platforms;
    std::string minimum_engine;
    std::string created;                // RFC 3339, UTC
    std::optional<std::string> expires; // RFC 3339, UTC
    std::vector<Revision> from;
    Revision target; // its version is `version`
    std::vector<DatabaseEntry> databases;
    std::vector<FileEntry> defaults; // preserved files: shipped, put only where absent
    std::vector<std::string> preserve;
    bool set_aside_local_changes = false; // on_local_change = "set-aside"
    std::vector<Migration> migrations;    // ascending
    std::optional<Migration> init;        // makes the databases where there are none; its version is "init"
    std::vector<std::string> critical_platforms; // where there always is data: nothing is initialised there
    Declarations declarations;
    std::optional<Health> health;
    std::vector<RehearsalRun> rehearsal;
    std::vector<std::string> locations;
    std::uint64_t gate_size = 0;
    std::string gate_sha256;        // blob of the gate program; empty where there are no entry points
    std::vector<std::string> trust; // sha256 of each trust document in signatures.json, in order
    std::uint64_t payload_size = 0;
    bool whole_files = false; // every file travels whole, so that any change here can be replaced
    std::vector<DeltaFrame> deltas;
    std::uint64_t archive_size = 0;          // of the payload's archive of blobs; the deltas follow it
    std::vector<std::string> payload_pieces; // sha256 of each 1 MiB of payload
    bool operator==(const Manifest&) const = default;
};

std::string write_manifest(const Manifest& manifest);
Manifest parse_manifest(std::string_view json);

} // namespace lockstep
