#include "updater/recovery.h"

#include "payload/digest.h"
#include "updater/locked_database.h"
#include "updater/process.h"
#include "updater/swap.h"

#include <memory>

namespace lockstep {
namespace {

bool has_sha256(const FileSystem& files, const std::string& path, const std::string& expected) {
    return sha256(*files.open(path)) == expected;
}

// An interrupted swap: the intent is written, no outcome is.
class InterruptedSwap {
  public:
    InterruptedSwap(FileSystem& files, const Layout& layout, Ledger& ledger, std::int64_t transaction)
        : files_(files), layout_(layout), ledger_(ledger), transaction_(transaction),
          placements_(ledger.placements(transaction)), placer_(files, layout) {}

    State end() {
        lock_databases();
        return somebody_wrote_to_a_new_one() ? go_forward() : go_back();
    }

    const std::vector<std::string>& notes() const { return placer_.notes(); }

  private:
    // Whatever stands at a database's path is locked while it is judged and moved. Opening lets SQLite finish
    // what an application's crash left in its sidecar files, so that the file's hash says whether somebody
    // wrote.
    void lock_databases() {
        for (const Placement& placement : placements_) {
            if (placement.kind != PlacementKind::database) continue;
            const Standing stands = placer_.standing(placement);
            if (stands == Standing::nothing) continue;
            try {
                lock(placement, stands);
            } catch (const Error& error) {
                // What another program put there need not be a database to be kept.
                if (stands != Standing::foreign || error.code() == Code::busy) throw;
            }
        }
    }

    void lock(const Placement& placement, Standing stands) {
        auto database = std::make_unique<LockedDatabase>(layout_.absolute(placement.path));
        if (!database->claim_alone())
            throw Error(Code::busy, "recover the database", database->path(),
                        "it is in use by " + names_of(holders_of({database->status()})));
        placer_.hold(database->status(), stands == Standing::old_file   ? placement.old_file->sha256
                                         : stands == Standing::new_file ? placement.new_file->sha256
                                                                        : std::string());
        locks_.push_back({&placement, std::move(database), stands});
    }

    bool somebody_wrote_to_a_new_one() {
        bool written = false;
        for (const auto& [placement, lock, stood] : locks_)
            if (stood == Standing::new_file)
                written = written || sha256(*lock) != placement->new_file->sha256;
        return written;
    }

    // All that is needed is staged; but no old database may have been written to as well.
    State go_forward() {
        for (const Placement& placement : placements_) {
            if (placement.kind != PlacementKind::database) continue;
            for (const std::string& place : {placement.path, placement.slot})
                if (placer_.standing_at(placement, place) == Standing::old_file)
                    require_unwritten(placement, place);
        }
        require_within_reach(Goal::new_version);
        place_forward(placer_, placements_);
        placer_.sync();
        const State decided = decide(layout_, ledger_, transaction_, State::committed);
        if (decided != State::committed)
            throw Error(Code::needs_person, "commit in", layout_.ledger(), "the write did not happen");
        return decided;
    }

    void require_within_reach(Goal goal) {
        for (const Placement& placement : placements_) placer_.require_within_reach(placement, goal);
    }

    void require_unwritten(const Placement& placement, const std::string& place) {
        for (const auto& [locked, lock, stood] : locks_)
            if (locked == &placement && place == placement.path &&
                sha256(*lock) == placement.old_file->sha256)
                return;
        if (place == placement.slot &&
            has_sha256(files_, layout_.absolute(place), placement.old_file->sha256))
            return;
        throw Error(
            Code::needs_person, "decide between the old and the new database at",
            layout_.absolute(placement.path),
            "after the update was interrupted, other programs wrote to both; one is there, the other is " +
                layout_.absolute(placement.slot));
    }

    State go_back() {
        require_within_reach(Goal::old_version);
        for (const auto& [placement, lock, stood] : locks_)
            if (stood == Standing::new_file) remove_own_sidecars(*placement);
        place_back(placer_, placements_);
        placer_.sync();
        // Whoever opened a new one must not write into it. A lock follows its file: that on an old one is on
        // the live database.
        for (const auto& [placement, lock, stood] : locks_)
            if (stood == Standing::new_file) lock->invalidate();
        return decide(layout_, ledger_, transaction_, State::undone);
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
    struct Lock {
        const Placement* placement;
        std::unique_ptr<LockedDatabase> database;
        Standing stood; // at the placement's path when it was locked
    };
    std::vector<Lock> locks_;
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
    Placer placer(files, layout);
    settle_entry_points(placer, ledger.placements(transaction),
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
    }
    settle_gates(files, layout, ledger, record.id, settled);
    return settled;
} catch (Error& error) {
    error.during("recovering an interrupted update");
    if (error.code() == Code::busy || error.code() == Code::needs_person ||
        error.code() == Code::no_room_or_right)
        throw;
    throw with_code(error, Code::needs_person);
}

std::string sentence_of(const TransactionRecord& record, const Settled& settled) {
    const std::string change =
        "The interrupted change from version " + record.from_version + " to " + record.to_version;
    std::string sentence = "An update to version " + record.to_version +
                           " was interrupted before it changed anything; what it had prepared was removed.";
    if (settled.state == State::committed) sentence = change + " was completed.";
    if (settled.state == State::undone)
        sentence = change + " was undone; version " + record.from_version + " is as it was.";
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
    std::vector<std::string> messages;
    for (const TransactionRecord& record : ledger.open_transactions())
        messages.push_back(tidy(files, layout, ledger, record, settle(files, layout, ledger, record)));
    return messages;
}

} // namespace lockstep
