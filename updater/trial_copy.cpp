// Step 6: lock, back up, copy.
#include "payload/digest.h"
#include "payload/schema.h"
#include "updater/trial.h"

#include <sqlite3.h>

namespace lockstep {
namespace {

void require_undamaged(const TrialDatabase& database, const std::vector<std::string>& violations) {
    if (violations.empty()) return;
    std::string cause;
    for (const std::string& violation : violations) cause += "\n  " + violation;
    throw Error(Code::live_damaged, "use the database", database.live->path(), "it is damaged:" + cause);
}

// The check fails outright where a collation of the application's own is missing: that is no damage, and is
// said by name.
std::vector<std::string> integrity_of(Database& backup) {
    try {
        return integrity_violations(backup, "main");
    } catch (const Error& error) {
        if (error.code() == backup.failure()) require_engine_support(backup, "main");
        throw;
    }
}

} // namespace

SqliteTemporaries::SqliteTemporaries(const std::string& path) {
    sqlite3_free(sqlite3_temp_directory);
    sqlite3_temp_directory = sqlite3_mprintf("%s", path.c_str());
    if (!sqlite3_temp_directory)
        throw Error(Code::internal_error, "put SQLite's temporary files into", path, "out of memory");
}

SqliteTemporaries::~SqliteTemporaries() {
    sqlite3_free(sqlite3_temp_directory);
    sqlite3_temp_directory = nullptr;
}

Trial::Trial(FileSystem& files, const Layout& layout, std::int64_t transaction, Ledger& ledger,
             Progress& progress)
    : files_(files), layout_(layout), transaction_(transaction), ledger_(ledger), progress_(progress) {}

void Trial::lock_and_copy(const std::vector<DatabaseEntry>& entries,
                          const std::map<std::string, std::string>& replacement) {
    const std::string work = layout_.work(transaction_);
    files_.make_folders(parent_of(Layout::backup(work, "x")), 0700);
    for (const DatabaseEntry& entry : entries) {
        TrialDatabase database;
        database.entry = entry;
        database.live = std::make_unique<LockedDatabase>(layout_.absolute(entry.path));
        // An idle connection would be found in the swap anyway; better now than after minutes of work.
        if (!database.live->claim_alone())
            throw Error(Code::busy, "lock the database", layout_.absolute(entry.path),
                        "it is in use by " + names_of(holders_of({database.live->status()})));
        database.live->unclaim();
        database.size = database.live->size();
        database.backup = Layout::backup(work, entry.name);
        const bool other_volume =
            database.live->status().volume != files_.status(layout_.state()).value_or(FileStatus{}).volume;
        database.slot = other_volume ? Layout::beside(entry.path, transaction_) + "/" + entry.name + ".db"
                                     : Layout::slot(transaction_, entry.name + ".db");
        database.trial = layout_.absolute(database.slot);
        if (other_volume) {
            ledger_.set_databases(transaction_, {{entry.name, entry.path, {}, {}, {}}});
            files_.make_folders(parent_of(database.trial), 0700);
        }
        databases_.push_back(std::move(database));
    }
    for (TrialDatabase& database : databases_) {
        const auto found = replacement.find(database.entry.name);
        copy_one(database, found == replacement.end() ? std::string() : found->second);
        verify_backup(database);
        if (found == replacement.end()) verify_virtual_tables(database);
    }
}

void Trial::copy_one(TrialDatabase& database, const std::string& replacement) {
    stop_if_cancelled();
    database.backup_sha256 = copy_file(files_, *database.live, database.backup, 0600);
    const std::string source = replacement.empty() ? database.backup : replacement;
    if (copy_file(files_, *files_.open(source), database.trial, 0600) != database.backup_sha256 &&
        replacement.empty())
        throw Error(Code::internal_error, "copy", source,
                    "the copy differs from what was read: the disk may be failing");
    largest_trial_ += database.size;
}

void Trial::copy_from_live() {
    for (TrialDatabase& database : databases_) {
        files_.remove_file(database.trial);
        copy_file(files_, *files_.open(database.backup), database.trial, 0600);
    }
}

// The check runs on the backup, which has just been shown to have the live file's bytes.
void Trial::verify_backup(const TrialDatabase& database) try {
    Database backup(database.backup, OpenMode::immutable, Code::live_damaged);
    require_undamaged(database, integrity_of(backup));
} catch (const Error& error) {
    // A full disk under SQLite's temporary files, a disk that fails, or what the engine lacks, says nothing
    // about the database.
    const bool says_damage = error.code() == Code::live_damaged;
    if (!says_damage || error.subject() == database.live->path()) throw;
    throw Error(Code::live_damaged, "use the database", database.live->path(),
                "it is damaged: " + error.cause());
}

// integrity_check sees nothing inside them, and their own check counts as a write: it is asked of the trial
// copy, which has the live file's bytes so far.
void Trial::verify_virtual_tables(const TrialDatabase& database) {
    Database trial(database.trial, OpenMode::read_write, Code::migration_failed);
    require_undamaged(database, virtual_table_violations(trial, "main", true));
}

std::vector<DatabaseFile> Trial::trial_files() const {
    std::vector<DatabaseFile> all;
    for (const TrialDatabase& database : databases_) all.push_back({database.entry.name, database.trial});
    return all;
}

std::vector<DatabaseFile> Trial::backup_files() const {
    std::vector<DatabaseFile> all;
    for (const TrialDatabase& database : databases_) all.push_back({database.entry.name, database.backup});
    return all;
}

std::string Trial::sidecar_slot(const TrialDatabase& database, std::size_t number) const {
    return database.slot + ".sidecar" + std::to_string(number);
}

std::vector<Placement> Trial::placements() {
    std::vector<Placement> all;
    std::vector<DatabaseRecord> records;
    for (const TrialDatabase& database : databases_) {
        const FileStatus live = database.live->status();
        files_.copy_rights(database.live->path(), database.trial);
        const auto trial = files_.open(database.trial);
        trial->sync();
        files_.open(database.backup)->sync();
        const FileStatus fresh = trial->status();
        Placement placement;
        placement.kind = PlacementKind::database;
        placement.path = database.entry.path;
        placement.slot = database.slot;
        placement.old_file = KnownFile{live.id, live.size, database.backup_sha256};
        placement.new_file = KnownFile{fresh.id, fresh.size, sha256(*trial)};
        all.push_back(placement);
        records.push_back({database.entry.name, database.entry.path, database.backup_sha256,
                           placement.new_file->sha256, rows_of_new_tables(database)});

        // Sidecar files belong to the old file: they leave with it, and come back with it.
        const auto sidecars = sidecar_paths(database.entry.path);
        for (std::size_t i = 0; i < sidecars.size(); ++i) {
            const auto status = files_.status(layout_.absolute(sidecars[i]));
            if (!status) continue;
            Placement sidecar;
            sidecar.kind = PlacementKind::sidecar;
            sidecar.path = sidecars[i];
            sidecar.slot = sidecar_slot(database, i);
            sidecar.old_file = KnownFile{status->id, status->size, {}};
            all.push_back(sidecar);
        }
    }
    ledger_.set_databases(transaction_, records);
    return all;
}

SwapDatabases Trial::lock_for_swap() {
    SwapDatabases locks;
    for (TrialDatabase& database : databases_) {
        locks.fresh.push_back(std::make_unique<LockedDatabase>(database.trial));
        locks.live.push_back(std::move(database.live));
    }
    return locks;
}

} // namespace lockstep
