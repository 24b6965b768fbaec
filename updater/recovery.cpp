#include "updater/recovery.h"

#include "payload/digest.h"
#include "payload/language.h"
#include "updater/locked_database.h"
#include "updater/process.h"
#include "updater/second_try.h"
#include "updater/swap.h"

#include <memory>

namespace lockstep {
namespace {

// Of a database on another volume. Where one is to be made or to go, a volume that isn't attached looks as if
// all were done already. Before there is an outcome, the folder beside the database is there; after it, that
// folder may be gone, and the database stands.
bool is_attached(const FileSystem& files, const Layout& layout, const Placement& placement,
                 const std::string& beside, State state) {
    if (files.status(beside)) return true;
    if (state == State::intent) return false;
    const std::string path = layout.absolute(placement.path);
    const bool stands = (state == State::committed ? placement.new_file : placement.old_file).has_value();
    if (!stands || files.status(path)) return true;
    // Its own volume is there, and somebody took the database away since.
    const auto volume = files.status(nearest_folder(files, parent_of(path)))->volume;
    return volume != files.status(layout.state())->volume;
}

void require_attached(const FileSystem& files, const Layout& layout, std::int64_t transaction,
                      const std::vector<Placement>& placements, State state) {
    for (const Placement& placement : placements) {
        const std::string beside = Layout::beside(placement.path, transaction);
        if (placement.kind != PlacementKind::database || parent_of(placement.slot) != beside) continue;
        const std::string folder = layout.absolute(beside);
        if (is_attached(files, layout, placement, folder, state)) continue;
        throw Error(Code::needs_person, "find the folder", folder,
                    "it is missing; it was on the volume of " + layout.absolute(placement.path) +
                        ", which may not be attached")
            .advise(
                "Don't start the application. If that database is on a disk or stick that was taken out, "
                "attach it, and run `update recover` again. Otherwise ask whoever made the update for help.");
    }
}

// An interrupted swap: the intent is written, no outcome is.
class InterruptedSwap {
  public:
    InterruptedSwap(FileSystem& files, const Layout& layout, Ledger& ledger, std::int64_t transaction)
        : files_(files), layout_(layout), ledger_(ledger), transaction_(transaction),
          placements_(ledger.placements(transaction)), placer_(files, layout, placements_) {}

    State end() {
        ledger_.require_sound();
        require_attached(files_, layout_, transaction_, placements_, State::intent);
        for (const Placement& placement : placements_) placer_.end_cut_off_rename(placement);
        lock_databases();
        return first_written(Standing::new_file) ? go_forward() : go_back();
    }

    const std::vector<std::string>& notes() const { return placer_.notes(); }

  private:
    struct Lock {
        const Placement* placement;
        std::string place; // relative to the root
        std::unique_ptr<LockedDatabase> database;
        Standing stood; // at that place when it was locked
    };

    // Both files of each database are locked while they are judged and moved, wherever they wait: a program
    // that waited to open one when the update was killed has it now, whatever its name has become. Opening
    // lets SQLite finish what an application's crash left in its sidecar files, so that the file's hash says
    // whether somebody wrote.
    void lock_databases() {
        for (const Placement& placement : placements_) {
            if (placement.kind != PlacementKind::database) continue;
            for (const std::string& place : Placer::places_of(placement))
                if (const Standing stands = standing_at(placement, place); stands != Standing::nothing)
                    lock_or_pass(placement, place, stands);
        }
    }

    // What is known by its content alone is known no more once somebody wrote to it. Where the old one waits
    // in a slot and the new one is nowhere, it is the new one that stands in the live place.
    Standing standing_at(const Placement& placement, const std::string& place) const {
        const Standing stands = placer_.standing_at(placement, place);
        const bool is_written = stands == Standing::foreign && place == placement.path &&
                                placer_.knows_by_content(place) && placement.new_file &&
                                placer_.place_of(placement, Standing::new_file).empty() &&
                                !placer_.place_of(placement, Standing::old_file).empty();
        return is_written ? Standing::new_file : stands;
    }

    void lock_or_pass(const Placement& placement, const std::string& place, Standing stands) try {
        lock(placement, place, stands);
    } catch (const Error& error) {
        // What another program put there need not be a database to be kept.
        if (placer_.standing_at(placement, place) == Standing::foreign && error.code() != Code::busy) return;
        // An undo invalidates the new ones when the old ones are back.
        if (stands == Standing::new_file && error.code() == Code::live_damaged && place != placement.path) {
            invalidated_ = &placement;
            return;
        }
        throw;
    }

    void lock(const Placement& placement, const std::string& place, Standing stands) {
        auto database = std::make_unique<LockedDatabase>(layout_.absolute(place));
        if (!database->claim_alone()) throw busy("recover the database", *database);
        placer_.hold(database->status(), stands);
        locks_.push_back({&placement, place, std::move(database), stands});
    }

    static Error busy(const std::string& doing, const LockedDatabase& database) {
        return {Code::busy, doing, database.path(),
                say(Message::who_uses_it, {names_of(holders_of({database.status()}))})};
    }

    // The lock on a file that no longer has the hash it had when the swap was planned, or null.
    const Lock* first_written(Standing stood) const {
        for (const Lock& lock : locks_) {
            if (lock.stood != stood) continue;
            const Placement& placement = *lock.placement;
            const auto& known = stood == Standing::new_file ? placement.new_file : placement.old_file;
            if (sha256(*lock.database) != known->sha256) return &lock;
        }
        return nullptr;
    }

    // All that is needed is staged; but no old database may have been written to as well, and no new one
    // given up.
    State go_forward() {
        if (const Lock* written = first_written(Standing::old_file)) throw undecidable(*written->placement);
        if (invalidated_) throw undecidable(*invalidated_);
        require_within_reach(Goal::new_version);
        place_forward(placer_, placements_);
        placer_.sync();
        require_still_alone();
        const State decided = decide(layout_, ledger_, transaction_, State::committed);
        invalidate(Standing::old_file);
        return decided;
    }

    void require_within_reach(Goal goal) {
        for (const Placement& placement : placements_) placer_.require_within_reach(placement, goal);
    }

    // Whoever waits to open an old one would write into it after it was replaced.
    void require_still_alone() {
        for (const Lock& lock : locks_)
            if (!lock.database->still_alone()) throw busy("complete the update of", *lock.database);
    }

    Error undecidable(const Placement& placement) const {
        return {
            Code::needs_person, "decide between the old and the new database at",
            layout_.absolute(placement.path),
            "after the update was interrupted, other programs wrote to both; one is there, the other is " +
                layout_.absolute(placement.slot)};
    }

    State go_back() {
        require_within_reach(Goal::old_version);
        for (const Lock& lock : locks_)
            if (lock.stood == Standing::new_file && lock.place == lock.placement->path)
                remove_own_sidecars(*lock.placement);
        place_back(placer_, placements_);
        placer_.sync();
        invalidate(Standing::new_file);
        return decide(layout_, ledger_, transaction_, State::undone);
    }

    // Whoever opened one must not write into it. A lock follows its file.
    void invalidate(Standing stood) {
        for (const Lock& lock : locks_)
            if (lock.stood == stood) lock.database->invalidate();
    }

    // Of a new database that goes back to its slot: checkpointed, so they are empty of content.
    void remove_own_sidecars(const Placement& placement) {
        for (const std::string& sidecar : sidecar_paths(layout_.absolute(placement.path)))
            files_.remove_file(sidecar);
    }

    FileSystem& files_;
    const Layout& layout_;
    Ledger& ledger_;
    std::int64_t transaction_;
    std::vector<Placement> placements_;
    Placer placer_;
    std::vector<Lock> locks_;
    const Placement* invalidated_ = nullptr; // a database whose new file an undo gave up
};

std::vector<std::string> folders_beside(Ledger& ledger, std::int64_t transaction) {
    std::vector<std::string> folders;
    for (const DatabaseRecord& database : ledger.databases(transaction))
        folders.push_back(Layout::beside(database.path, transaction));
    return folders;
}

// Where the swap has been brought to, with the gates off.
struct Settled {
    State state;
    std::vector<std::string> notes; // files of others that were found and kept
};

void settle_gates(FileSystem& files, const Layout& layout, Ledger& ledger, std::int64_t transaction,
                  Settled& settled) {
    if (settled.state != State::committed && settled.state != State::undone) return;
    const std::vector<Placement> placements = ledger.placements(transaction);
    Placer placer(files, layout, placements);
    // A gate that left by two calls, cut off between them, occupies the slot that the next rename needs.
    for (const Placement& placement : placements)
        if (placement.entry_point) placer.end_cut_off_rename(placement);
    settle_entry_points(placer, placements,
                        settled.state == State::committed ? Goal::new_version : Goal::old_version);
    placer.sync();
    settled.notes.insert(settled.notes.end(), placer.notes().begin(), placer.notes().end());
}

// A swap that can neither be undone nor completed needs a person: nothing may go on from there.
Settled settle(FileSystem& files, const Layout& layout, Ledger& ledger, const TransactionRecord& record) try {
    Settled settled{record.state, {}};
    if (record.state == State::intent) {
        InterruptedSwap swap(files, layout, ledger, record.id);
        settled.state = swap.end();
        settled.notes = swap.notes();
    } else if (record.state == State::committed || record.state == State::undone) {
        require_attached(files, layout, record.id, ledger.placements(record.id), record.state);
        ledger.sync(); // a kill may have cut its write off: no gate leaves before it is on the disk
    }
    settle_gates(files, layout, ledger, record.id, settled);
    return settled;
} catch (const std::exception&) {
    const Error error = caught_error().during("recovering an interrupted update");
    if (error.code() == Code::busy || error.code() == Code::needs_person ||
        error.code() == Code::no_room_or_right)
        throw error;
    throw with_code(error, Code::needs_person);
}

Settled settled_in_two_tries(FileSystem& files, const Layout& layout, Ledger& ledger,
                             std::int64_t transaction) {
    return with_second_try([&] {
        const auto record = ledger.transaction(transaction); // the first try may have decided
        if (!record)
            throw Error(Code::needs_person, "find the transaction in", layout.ledger(), "it is gone");
        return settle(files, layout, ledger, *record);
    });
}

std::string sentence_of(const TransactionRecord& record, const Settled& settled) {
    const std::string& from = record.from_version;
    const std::string& to = record.to_version;
    std::string sentence = say(Message::change_not_begun, {to});
    if (settled.state == State::committed) sentence = say(Message::change_completed, {from, to});
    if (settled.state == State::undone) sentence = say(Message::change_undone, {from, to});
    for (const std::string& note : settled.notes) sentence += " Note: " + note + ".";
    return sentence;
}

// What fails from here on leaves a sound installation: the next start tidies again.
std::string tidy(FileSystem& files, const Layout& layout, Ledger& ledger, const TransactionRecord& record,
                 const Settled& settled) try {
    std::string sentence = sentence_of(record, settled);
    if (settled.state == State::committed) {
        retire(files, layout, ledger, record.id);
        ledger.close(record.id, State::committed, Code::ok, sentence, record.swap_ms);
        return sentence;
    }
    discard(files, layout, record.id, folders_beside(ledger, record.id));
    const bool undone = settled.state == State::undone;
    ledger.close(record.id, undone ? State::undone : State::failed,
                 undone ? Code::swap_rolled_back : Code::internal_error, sentence, 0);
    return sentence;
} catch (Error& error) {
    throw error.during("tidying after an interrupted update");
}

} // namespace

std::vector<std::string> recover(FileSystem& files, const Layout& layout, Ledger& ledger) {
    std::vector<std::string> sentences;
    for (const TransactionRecord& record : ledger.open_transactions())
        sentences.push_back(
            tidy(files, layout, ledger, record, settled_in_two_tries(files, layout, ledger, record.id)));
    return sentences;
}

} // namespace lockstep
