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

  private:
    // Whatever stands at a database's path is locked while it is judged and moved. Opening lets SQLite finish
    // what an application's crash left in its sidecar files, so that the file's hash says whether somebody
    // wrote.
    void lock_databases() {
        for (const Placement& placement : placements_) {
            if (placement.kind != PlacementKind::database) continue;
            if (!files_.status(layout_.absolute(placement.path))) continue;
            auto lock = std::make_unique<LockedDatabase>(layout_.absolute(placement.path));
            if (!lock->claim_alone())
                throw Error(Code::busy, "recover the database", lock->path(),
                            "it is in use by " + names_of(holders_of({lock->status()})));
            locks_.emplace_back(&placement, std::move(lock));
        }
    }

    bool somebody_wrote_to_a_new_one() {
        bool written = false;
        for (const auto& [placement, lock] : locks_)
            if (placer_.standing(*placement) == Standing::new_file)
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
        place_forward(placer_, placements_);
        placer_.sync();
        return decide(layout_, ledger_, transaction_, State::committed);
    }

    void require_unwritten(const Placement& placement, const std::string& place) {
        for (const auto& [locked, lock] : locks_)
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
        for (const auto& [placement, lock] : locks_) remove_own_sidecars(*placement);
        place_back(placer_, placements_);
        placer_.sync();
        for (const auto& [placement, lock] : locks_)
            if (placer_.standing_at(*placement, placement->slot) == Standing::new_file) lock->invalidate();
        return decide(layout_, ledger_, transaction_, State::undone);
    }

    // Of a new database that goes back to its slot: checkpointed, so they are empty of content.
    void remove_own_sidecars(const Placement& placement) {
        if (placer_.standing(placement) != Standing::new_file) return;
        for (const std::string& sidecar : sidecar_paths(layout_.absolute(placement.path)))
            files_.remove_file(sidecar);
    }

    FileSystem& files_;
    const Layout& layout_;
    Ledger& ledger_;
    std::int64_t transaction_;
    std::vector<Placement> placements_;
    Placer placer_;
    std::vector<std::pair<const Placement*, std::unique_ptr<LockedDatabase>>> locks_;
};

std::vector<std::string> folders_beside(Ledger& ledger, std::int64_t transaction) {
    std::vector<std::string> folders;
    for (const DatabaseRecord& database : ledger.databases(transaction))
        folders.push_back(Layout::beside(database.path, transaction));
    return folders;
}

std::string end_forward(FileSystem& files, const Layout& layout, Ledger& ledger,
                        const TransactionRecord& record) {
    Placer placer(files, layout);
    settle_entry_points(placer, ledger.placements(record.id), Goal::new_version);
    placer.sync();
    retire(files, layout, ledger, record.id);
    std::string message = "The interrupted change from version " + record.from_version + " to " +
                          record.to_version + " was completed.";
    ledger.close(record.id, State::committed, Code::ok, message, record.swap_ms);
    return message;
}

std::string end_back(FileSystem& files, const Layout& layout, Ledger& ledger,
                     const TransactionRecord& record) {
    Placer placer(files, layout);
    settle_entry_points(placer, ledger.placements(record.id), Goal::old_version);
    placer.sync();
    discard(files, layout, record.id, folders_beside(ledger, record.id));
    std::string message = "The interrupted change from version " + record.from_version + " to " +
                          record.to_version + " was undone; version " + record.from_version +
                          " is as it was.";
    ledger.close(record.id, State::undone, Code::swap_rolled_back, message, 0);
    return message;
}

std::string end_before_swap(FileSystem& files, const Layout& layout, Ledger& ledger,
                            const TransactionRecord& record) {
    discard(files, layout, record.id, folders_beside(ledger, record.id));
    std::string message = "An update to version " + record.to_version +
                          " was interrupted before it changed anything; what it had prepared was removed.";
    ledger.close(record.id, State::failed, Code::internal_error, message, 0);
    return message;
}

std::string recover_one(FileSystem& files, const Layout& layout, Ledger& ledger,
                        const TransactionRecord& record) {
    State state = record.state;
    if (state == State::intent) state = InterruptedSwap(files, layout, ledger, record.id).end();
    switch (state) {
    case State::committed:
        return end_forward(files, layout, ledger, record);
    case State::undone:
        return end_back(files, layout, ledger, record);
    default:
        return end_before_swap(files, layout, ledger, record);
    }
}

} // namespace

std::vector<std::string> recover(FileSystem& files, const Layout& layout, Ledger& ledger) {
    std::vector<std::string> messages;
    for (const TransactionRecord& record : ledger.open_transactions()) {
        try {
            messages.push_back(recover_one(files, layout, ledger, record));
        } catch (Error& error) {
            error.during("recovering an interrupted update");
            // A swap that can neither be undone nor completed: nothing may go on from here.
            if (record.state == State::working || error.code() == Code::busy ||
                error.code() == Code::needs_person || error.code() == Code::no_room_or_right)
                throw;
            throw with_code(error, Code::needs_person);
        }
    }
    return messages;
}

} // namespace lockstep
