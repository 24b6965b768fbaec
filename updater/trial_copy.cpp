// Step 6: lock, back up, copy.
#include "payload/digest.h"
#include "payload/language.h"
#include "payload/schema.h"
#include "updater/staging.h"
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
             Progress& progress, bool one_at_a_time)
    : files_(files), layout_(layout), transaction_(transaction), ledger_(ledger), progress_(progress),
      temporaries_(Layout::temporary(layout.work(transaction))), beside_(one_at_a_time) {}

void Trial::lock_and_copy(const std::vector<DatabaseChange>& changes) {
    files_.make_folders(Layout::backup_folder(layout_.work(transaction_)), 0700);
    for (const DatabaseChange& change : changes) {
        TrialDatabase database = placed(change);
        if (change.before) lock(database);
        place_on_its_volume(database);
        // A new one is as open to others as the application's first one.
        if (database.rights.empty())
            database.rights = databases_.empty() ? database.trial : databases_.front().rights;
        databases_.push_back(std::move(database));
    }
    for (TrialDatabase& database : databases_) {
        stop_if_cancelled();
        begin_trial(database);
        if (database.live) begin_backup(database);
        if (database.live && database.change.start == DatabaseChange::Start::live)
            verify_virtual_tables(database);
    }
    written_backups_ = beside_.begin([this] { write_backups(); });
    beside_.begin([this] { verify_backups(); });
}

TrialDatabase Trial::placed(const DatabaseChange& change) const {
    const std::string work = layout_.work(transaction_);
    TrialDatabase database{.change = change,
                           .live = {},
                           .backup = {},
                           .unwritten_backup = {},
                           .live_sha256 = {},
                           .slot = {},
                           .trial = {},
                           .rights = {}};
    database.slot = Layout::slot(transaction_, change.entry.name + ".db");
    if (change.before) {
        database.backup = Layout::backup(work, change.entry.name);
        database.rights = layout_.absolute(change.entry.path);
    } else if (change.start == DatabaseChange::Start::file) {
        database.rights = change.file;
    }
    return database;
}

void Trial::lock(TrialDatabase& database) {
    const std::string path = layout_.absolute(database.entry().path);
    database.live = std::make_unique<LockedDatabase>(path);
    // An idle connection would be found in the swap anyway; better now than after minutes of work.
    if (!database.live->claim_alone())
        throw Error(Code::busy, "lock the database", path,
                    say(Message::who_uses_it, {names_of(holders_of({database.live->status()}))}));
    database.live->unclaim();
    database.size = database.live->size();
}

// Where the swap moves files, they lie on the live file's volume.
void Trial::place_on_its_volume(TrialDatabase& database) {
    const DatabaseEntry& entry = database.entry();
    const bool moves = database.change.before || database.change.after;
    if (moves && volume_of(database) != files_.status(layout_.state()).value_or(FileStatus{}).volume) {
        database.slot = Layout::beside(entry.path, transaction_) + "/" + entry.name + ".db";
        ledger_.set_databases(transaction_, {{entry.name, entry.path, {}, {}, {}}});
        files_.make_folders(parent_of(layout_.absolute(database.slot)), 0700);
    }
    database.trial = database.change.after ? layout_.absolute(database.slot)
                                           : Layout::passing_trial(layout_.work(transaction_), entry.name);
}

std::uint64_t Trial::volume_of(const TrialDatabase& database) const {
    if (database.live) return database.live->status().volume;
    const std::string folder = parent_of(layout_.absolute(database.entry().path));
    const std::string existing = nearest_folder(files_, folder);
    const std::uint64_t volume = files_.status(existing)->volume;
    if (existing != folder && volume != files_.status(layout_.state()).value_or(FileStatus{}).volume)
        throw Error(Code::no_room_or_right, "make the database", layout_.absolute(database.entry().path),
                    "its folder isn't there yet, and would lie on another volume than the application")
            .advise(say(Message::make_that_folder));
    return volume;
}

// Where files can share their content, the backup has that of the trial copy, before a script changes it.
void Trial::begin_backup(TrialDatabase& database) {
    database.unwritten_backup = files_.create(database.backup, 0600);
    largest_trial_ += database.size;
    if (database.change.start == DatabaseChange::Start::live &&
        database.unwritten_backup->share_blocks_of(*files_.open(database.trial)))
        database.unwritten_backup.reset();
}

void Trial::write_backups() {
    for (TrialDatabase& database : databases_)
        if (database.unwritten_backup) write_backup(database);
}

void Trial::write_backup(TrialDatabase& database) {
    const std::unique_ptr<File> backup = std::move(database.unwritten_backup);
    Sha256 digest;
    copy_bytes(*database.live, 0, database.live->size(), [&](Bytes piece) {
        stop_if_cancelled();
        if (database.live_sha256.empty()) digest.update(piece);
        backup->write(piece);
    });
    if (database.live_sha256.empty()) database.live_sha256 = digest.finish();
}

void Trial::begin_trial(TrialDatabase& database) {
    const DatabaseChange& change = database.change;
    if (change.start == DatabaseChange::Start::file) {
        clone_or_copy_file(files_, change.file, database.trial, 0600);
    } else if (change.start == DatabaseChange::Start::nothing || !database.live) {
        static_cast<void>(
            files_.create(database.trial, 0600)); // SQLite takes a file without content for a new one
        if (database.rights == database.trial) open_as_its_folder(database);
    } else {
        database.live_sha256 = copy_file(files_, *database.live, database.trial, 0600);
    }
}

// The first of all, which no other shows how open it is to be.
void Trial::open_as_its_folder(const TrialDatabase& database) {
    constexpr std::uint32_t read_and_write = 0666;
    const std::string folder = nearest_folder(files_, parent_of(layout_.absolute(database.entry().path)));
    give_rights(files_, layout_, database.entry().path, database.trial,
                files_.status(folder)->mode & read_and_write);
}

void Trial::copy_from_live() {
    require_sound_backups();
    trial_sha256_.clear();
    for (TrialDatabase& database : databases_) {
        database.change.file_sha256.clear();
        files_.remove_file(database.trial);
        // A program that was ended in the middle leaves them, and SQLite would play them into the new copy.
        for (const std::string& sidecar : sidecar_paths(database.trial)) files_.remove_file(sidecar);
        if (!database.live) {
            begin_trial(database);
            continue;
        }
        database.change.start = DatabaseChange::Start::live;
        clone_or_copy_file(files_, database.backup, database.trial, 0600);
    }
}

void Trial::verify_backups() {
    for (const TrialDatabase& database : databases_)
        if (database.live) verify_backup(database);
}

// That the backup has the live file's bytes, and that they are a sound database.
void Trial::verify_backup(const TrialDatabase& database) try {
    const auto written = files_.open(database.backup);
    written->begin_sync();
    if (sha256(*written) != database.live_sha256)
        throw Error(Code::internal_error, "copy", database.live->path(),
                    "its backup differs from what was read: the disk may be failing");
    Database backup(database.backup, OpenMode::immutable, Code::live_damaged);
    backup.stop_when(&cancel_requested);
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

std::vector<DatabaseFile> Trial::files_of(const std::function<bool(const TrialDatabase&)>& chosen) const {
    std::vector<DatabaseFile> all;
    for (const TrialDatabase& database : databases_)
        if (chosen(database)) all.push_back({database.entry().name, database.trial});
    return all;
}

std::vector<DatabaseFile> Trial::trial_files() const {
    return files_of([](const TrialDatabase&) { return true; });
}

std::vector<DatabaseFile> Trial::trial_files_of_live() const {
    return files_of([](const TrialDatabase& database) { return database.change.before; });
}

std::vector<DatabaseFile> Trial::staying_files() const {
    return files_of([](const TrialDatabase& database) { return database.change.after; });
}

std::vector<DatabaseFile> Trial::backup_files() const {
    std::vector<DatabaseFile> all;
    for (const TrialDatabase& database : databases_)
        if (database.change.before) all.push_back({database.entry().name, database.backup});
    return all;
}

std::string Trial::sidecar_slot(const TrialDatabase& database, std::size_t number) const {
    return database.slot + ".sidecar" + std::to_string(number);
}

std::vector<Placement> Trial::placements() {
    require_sound_backups();
    std::vector<Placement> all;
    std::vector<DatabaseRecord> records;
    for (const TrialDatabase& database : databases_) {
        if (!database.change.before && !database.change.after) continue;
        const Placement placement = placement_of(database);
        all.push_back(placement);
        DatabaseRecord record{database.entry().name, database.entry().path, database.live_sha256, {}, {}};
        if (placement.new_file) {
            record.committed_sha256 = placement.new_file->sha256;
            record.committed_rows = rows_of_new_tables(database);
        }
        records.push_back(std::move(record));
        if (database.live) add_sidecars(database, all);
    }
    ledger_.set_databases(transaction_, records);
    return all;
}

Placement Trial::placement_of(const TrialDatabase& database) {
    Placement placement;
    placement.kind = PlacementKind::database;
    placement.path = database.entry().path;
    placement.slot = database.slot;
    if (database.live) {
        const FileStatus live = database.live->status();
        placement.old_file = KnownFile{live.id, live.size, database.live_sha256};
        // A rollback finds there what rights a retired one had.
        if (!database.change.after) files_.copy_rights(database.rights, database.backup);
        files_.open(database.backup)->sync();
    }
    if (database.change.after) {
        if (database.rights != database.trial) files_.copy_rights(database.rights, database.trial);
        const auto trial = files_.open(database.trial);
        trial->sync();
        const FileStatus fresh = trial->status();
        const auto known = trial_sha256_.find(database.entry().name);
        placement.new_file =
            KnownFile{fresh.id, fresh.size, known == trial_sha256_.end() ? sha256(*trial) : known->second};
        if (const std::string& wanted = database.change.file_sha256;
            !wanted.empty() && placement.new_file->sha256 != wanted)
            throw Error(Code::verification_failed, "copy", database.change.file,
                        "the copy differs from what was read: the disk may be failing");
    }
    return placement;
}

// Sidecar files belong to the old file: they leave with it, and come back with it.
void Trial::add_sidecars(const TrialDatabase& database, std::vector<Placement>& placements) const {
    const auto sidecars = sidecar_paths(database.entry().path);
    for (std::size_t i = 0; i < sidecars.size(); ++i) {
        const auto status = files_.status(layout_.absolute(sidecars[i]));
        if (!status) continue;
        Placement sidecar;
        sidecar.kind = PlacementKind::sidecar;
        sidecar.path = sidecars[i];
        sidecar.slot = sidecar_slot(database, i);
        sidecar.old_file = KnownFile{status->id, status->size, {}};
        placements.push_back(sidecar);
    }
}

SwapDatabases Trial::lock_for_swap() {
    SwapDatabases locks;
    for (TrialDatabase& database : databases_) {
        if (database.change.after) locks.fresh.push_back(std::make_unique<LockedDatabase>(database.trial));
        if (database.live) locks.live.push_back(std::move(database.live));
    }
    return locks;
}

} // namespace lockstep
