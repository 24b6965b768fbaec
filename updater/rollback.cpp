#include "updater/rollback.h"

#include "payload/digest.h"
#include "payload/language.h"
#include "payload/manifest_pack.h"
#include "payload/version.h"
#include "updater/process.h"
#include "updater/staging.h"
#include "updater/transaction_end.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

constexpr std::size_t shown_differences = 20;

bool is_code(const Placement& placement) {
    return placement.kind == PlacementKind::file;
}

} // namespace

Rollback::Rollback(FileSystem& files, const Request& request, Progress& progress)
    : files_(files), request_(request), progress_(progress) {}

Outcome Rollback::run() {
    progress_.begin("lock");
    session_ = std::make_unique<Session>(files_, request_, progress_);
    notes_ = session_->recovered();
    find_update();
    progress_.begin("verify");
    verify_backup();
    look_at_code();
    require_unchanged_code();
    preflight();
    begin();
    try {
        stage();
        choose_data();
        const std::string message = described().message; // ends the phase before
        progress_.begin("swap");
        stop_if_cancelled();
        const SwapEnd end = swap_and_retire(*session_, *trial_, placements_, seen_, message);
        swap_ms_ = end.milliseconds;
        tidying_ = end.tidying;
        notes_.insert(notes_.end(), end.notes.begin(), end.notes.end());
    } catch (const std::exception&) {
        throw end_failed(*session_, trial_, caught_error());
    }
    return described();
}

void Rollback::find_update() {
    const auto update = session_->ledger() ? session_->ledger()->last_update() : std::nullopt;
    if (!update)
        throw Error(Code::not_recognised, "roll back", session_->layout().root(),
                    session_->lost_history().empty() ? "no update was made here that could be taken back"
                                                     : session_->lost_history())
            .advise(say(Message::do_nothing));
    update_ = *update;
    const std::string kept = session_->layout().kept(update_.id);
    if (!files_.status(kept))
        throw Error(Code::not_recognised, "roll back", session_->layout().root(),
                    "the backup of version " + update_.from_version + " is no longer kept")
            .advise(say(Message::stay_with_version, {update_.to_version}));
    const std::string manifest = read_text(files_, Layout::manifest(kept), manifest_limit);
    if (sha256(manifest) != update_.manifest_sha256)
        throw Error(Code::verification_failed, "use the backup in", kept, "its manifest is damaged");
    manifest_ = parse_manifest(unpacked_manifest(manifest));
    for (const Revision& revision : manifest_.from)
        if (revision.version == update_.from_version) before_ = &revision;
    session_->ledger()->require_sound();
    replaced_ = session_->ledger()->placements(update_.id);
    if (made_the_first_databases() && manifest_.init) return migrations_.push_back(&*manifest_.init);
    for (const Migration& migration : manifest_.migrations)
        if (compare_versions(migration.version, update_.from_version) > 0) migrations_.push_back(&migration);
}

bool Rollback::made_the_first_databases() const {
    const auto records = session_->ledger()->databases(update_.id);
    return !records.empty() && std::ranges::all_of(records, [](const DatabaseRecord& record) {
        return record.backup_sha256.empty();
    });
}

// The file that the update replaced: an entry point's waits where its gate was.
std::string Rollback::kept_place(const Placement& done) const {
    const Layout& layout = session_->layout();
    std::string kept = layout.absolute(Layout::kept_slot(update_.id, done.slot));
    return files_.status(kept) ? kept : layout.absolute(Layout::kept_slot(update_.id, done.gate_slot));
}

void Rollback::verify_backup() {
    for (const Placement& placement : replaced_) {
        if (!is_code(placement) || !placement.old_file || stays(placement)) continue;
        const std::string place = kept_place(placement);
        if (!files_.status(place) || sha256(*files_.open(place)) != placement.old_file->sha256)
            throw Error(Code::verification_failed, "use the backup of", placement.path,
                        "it is missing or damaged in " + session_->layout().kept(update_.id));
    }
    for (const DatabaseRecord& database : session_->ledger()->databases(update_.id)) {
        if (database.backup_sha256.empty()) continue; // the update created it
        const std::string backup = Layout::backup(session_->layout().kept(update_.id), database.name);
        if (!files_.status(backup) || sha256(*files_.open(backup)) != database.backup_sha256)
            throw Error(Code::verification_failed, "use the backup of", database.path,
                        "it is missing or damaged: " + backup);
    }
}

void Rollback::require_unchanged_code() {
    std::string changes;
    std::size_t count = 0;
    for (const Placement& placement : replaced_) {
        if (!is_code(placement) || placement.preserved) continue;
        const auto status = files_.status(session_->layout().absolute(placement.path));
        const bool same = placement.new_file
                              ? status && status->kind == FileKind::file &&
                                    sha256(*files_.open_below(session_->layout().root(), placement.path)) ==
                                        placement.new_file->sha256
                              : !status;
        if (!same && ++count <= shown_differences)
            changes += "\n  " + placement.path + (status ? " was changed" : " is missing");
    }
    if (count > 0)
        throw Error(Code::not_recognised, "roll back", session_->layout().root(),
                    "the code was changed since the update:" + changes);
}

// All files of the installed version, and whatever else the update put in place.
void Rollback::look_at_code() {
    std::set<std::string> paths;
    for (const FileEntry& entry : manifest_.target.files) paths.insert(entry.path);
    for (const Placement& placement : replaced_)
        if (is_code(placement)) paths.insert(placement.path);
    for (const std::string& path : paths)
        if (const auto status = files_.status(session_->layout().absolute(path)))
            if (status->kind == FileKind::file) seen_.push_back({path, *status});
}

// What nobody may have in use.
std::vector<FileStatus> Rollback::watched() const {
    std::vector<FileStatus> watched;
    for (const Placement& placement : replaced_)
        if (placement.entry_point || placement.kind == PlacementKind::database)
            if (const auto status = files_.status(session_->layout().absolute(placement.path)))
                watched.push_back(*status);
    return watched;
}

void Rollback::preflight() {
    auto holders = holders_of(watched());
    std::vector<FileStatus> code;
    for (const SeenFile& file : seen_) code.push_back(file.status);
    if (holders.empty()) holders = runners_of(code);
    if (!holders.empty())
        throw Error(Code::busy, "begin in", session_->layout().root(),
                    say(Message::who_uses_it, {names_of(holders)}));
    std::uint64_t bytes = session_->engine_size();
    for (const Placement& placement : replaced_) {
        if (placement.old_file) bytes += placement.old_file->size;
        if (placement.kind != PlacementKind::database) continue;
        // A backup of the newer database, and a trial copy.
        if (const auto live = files_.status(session_->layout().absolute(placement.path)))
            bytes += 2 * live->size;
    }
    const VolumeStatus volume = files_.volume(session_->layout().state());
    if (volume.read_only || volume.free_bytes < bytes)
        throw Error(Code::no_room_or_right, "find room on the volume of", session_->layout().root(),
                    volume.read_only ? "the volume is read-only"
                                     : std::to_string(bytes >> 20) + " MiB are needed and " +
                                           std::to_string(volume.free_bytes >> 20) + " MiB are free");
}

void Rollback::begin() {
    TransactionRecord record;
    record.kind = TransactionKind::rollback;
    record.product = update_.product;
    record.from_version = update_.to_version;
    record.to_version = update_.from_version;
    record.floor = update_.floor;
    record.platform = update_.platform;
    record.manifest_sha256 = update_.manifest_sha256;
    record.undoes = update_.id;
    session_->begin(record);
}

// The update's placements the other way round: what it replaced returns, what it added goes.
void Rollback::stage() {
    progress_.begin("stage");
    for (const Placement& done : replaced_)
        if (is_code(done) && !is_the_users_own(done)) placements_.push_back(way_back(done));
    for (const Placement& done : replaced_)
        if ((is_code(done) || done.kind == PlacementKind::database) && !done.new_file)
            return_folders_of(done);
}

// A preserved file that was shipped with the update, and changed since.
bool Rollback::is_the_users_own(const Placement& done) const {
    const std::string place = session_->layout().absolute(done.path);
    return done.preserved && (!files_.status(place) || sha256(*files_.open(place)) != done.new_file->sha256);
}

Placement Rollback::way_back(const Placement& done) {
    const Layout& layout = session_->layout();
    const auto status = files_.status(layout.absolute(done.path));
    Placement placement;
    placement.path = done.path;
    placement.slot = Layout::slot(session_->transaction(), std::to_string(placements_.size()));
    placement.entry_point = done.entry_point;
    if (status) placement.old_file = KnownFile{status->id, status->size, done.new_file->sha256};
    if (stays(done)) placement.new_file = placement.old_file;
    if (done.old_file && !stays(done)) {
        const std::string place = kept_place(done);
        placement.new_file = stage_file(files_, layout, placement, *files_.open(place), done.old_file->sha256,
                                        files_.status(place)->mode);
    }
    if (done.entry_point && status) {
        placement.gate_slot = placement.slot + ".gate";
        placement.gate =
            stage_gate(files_, layout, placement, *files_.open(Layout::gate(layout.kept(update_.id))));
    }
    return placement;
}

// The folders that went with a file that the update removed.
void Rollback::return_folders_of(const Placement& done) {
    const Layout& layout = session_->layout();
    for (std::size_t slash = done.path.find('/'); slash != std::string::npos;
         slash = done.path.find('/', slash + 1)) {
        Placement folder;
        folder.kind = PlacementKind::folder;
        folder.path = done.path.substr(0, slash);
        folder.slot = Layout::removed_folder(".lockstep/backups/" + std::to_string(update_.id), folder.path);
        if (!files_.status(layout.absolute(folder.path))) placements_.push_back(std::move(folder));
    }
}

// What the update did to the databases, the other way round: what it created goes, what it retired returns.
// Where the data is migrated back, a retired one begins as it was before the update, for the script to bring
// up to date.
std::vector<DatabaseChange> Rollback::way_back_of_databases() {
    const Layout& layout = session_->layout();
    const auto records = session_->ledger()->databases(update_.id);
    std::vector<DatabaseChange> changes;
    for (DatabaseChange& done : made_the_first_databases()
                                    ? initial_databases(manifest_)
                                    : database_changes(manifest_, update_.from_version)) {
        DatabaseChange change{done.entry, done.after, done.before, DatabaseChange::Start::nothing, {}, {}};
        if (done.before) {
            change.start = DatabaseChange::Start::file;
            change.file = Layout::backup(layout.kept(update_.id), done.entry.name);
            for (const DatabaseRecord& record : records)
                if (record.name == done.entry.name) change.file_sha256 = record.backup_sha256;
        }
        if (!records.empty())
            changes.push_back(std::move(change));
        else if (done.after && files_.status(layout.absolute(done.entry.path)))
            throw Error(Code::not_recognised, "roll back", layout.root(),
                        "there was no database before the update, and now there is one: " +
                            layout.absolute(done.entry.path))
                .advise(say(Message::move_database_away));
    }
    return changes;
}

void Rollback::choose_data() {
    progress_.begin("back up");
    const Layout& layout = session_->layout();
    trial_ = std::make_unique<Trial>(files_, layout, session_->transaction(), *session_->ledger(), progress_,
                                     request_.one_at_a_time);
    const auto changes = way_back_of_databases();
    if (!changes.empty()) trial_->lock_and_copy(changes);
    trial_->require_sound_backups();
    if (!written()) {
        data_ = say(Message::taken_back_to_the_byte);
        return;
    }
    if (can_revert() && !request_.set_newer_aside) return revert_data();
    if (!request_.set_newer_aside) refuse(written_since());
    data_ = say(Message::taken_back_set_aside, {Layout::backup_folder(layout.kept(session_->transaction()))});
}

Outcome Rollback::described() {
    progress_.end();
    Outcome outcome;
    outcome.code = tidying_.empty() ? Code::ok : Code::tidying_waits;
    outcome.outcome = "rolled-back";
    outcome.product = update_.product;
    outcome.from = update_.to_version;
    outcome.to = update_.from_version;
    outcome.message =
        say(Message::taken_back, {update_.product, update_.to_version, update_.from_version}) + " " + data_;
    if (!tidying_.empty()) outcome.message += " " + say(Message::tidying_is_left, {tidying_});
    outcome.advice = say(meaning_of(outcome.code).advice);
    outcome.transaction = session_->transaction();
    outcome.swap_ms = swap_ms_;
    outcome.phases = progress_.phases();
    outcome.notes = notes_;
    return outcome;
}

} // namespace lockstep
