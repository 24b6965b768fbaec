#include "updater/transaction_end.h"

#include "updater/boot_recovery.h"
#include "updater/recovery.h"

namespace lockstep {
namespace {

// One sync for the whole set on each volume, and of nothing that was not staged here.
void sync_staged(Session& session, const std::vector<Placement>& placements) {
    session.files().sync_volume(session.layout().state());
    for (const Placement& placement : placements)
        if (placement.kind == PlacementKind::database)
            session.files().sync_volume(parent_of(session.layout().absolute(placement.slot)));
}

void let_go(SwapDatabases& locks) {
    for (const auto& database : locks.live) {
        database->invalidate();
        database->release();
    }
    for (const auto& database : locks.fresh) database->release();
}

// The gate and the next start of the updater recover as well: an update is not given up for this.
void have_it_recovered_at_boot(Session& session, std::vector<std::string>& notes) try {
    register_boot_recovery(session.files(), session.layout());
} catch (const Error& error) {
    notes.push_back(
        std::string("After a power cut, only the next start of the application or the updater would "
                    "recover. ") +
        error.what());
}

// What could not be undone before is undone now, or else is complete.
Error ended_after_all(Session& session, const Error& error) {
    const auto record = session.ledger()->transaction(session.transaction());
    const bool undone = record && record->state == State::undone;
    return with_code(error, undone ? Code::swap_rolled_back : Code::tidying_waits);
}

} // namespace

SwapEnd swap_and_retire(Session& session, Trial& trial, std::vector<Placement> code,
                        std::vector<SeenFile> seen, const std::string& message) {
    std::vector<Placement> placements = std::move(code);
    const auto databases = trial.placements();
    placements.insert(placements.end(), databases.begin(), databases.end());
    session.install_engine(Layout::staged_engine(session.work()));
    SwapDatabases locks = trial.lock_for_swap();
    sync_staged(session, placements);
    std::vector<std::string> notes;
    have_it_recovered_at_boot(session, notes);
    Swap swap(session.files(), session.layout(), *session.ledger(), session.transaction(), placements,
              std::move(seen), locks);
    const SwapResult result = swap.run();

    SwapEnd end{result.milliseconds, {}, result.notes};
    end.notes.insert(end.notes.end(), notes.begin(), notes.end());
    try {
        swap.open_gates();
        let_go(locks);
        session.progress().begin("retire");
        const auto left = retire(session.files(), session.layout(), *session.ledger(), session.transaction());
        end.notes.insert(end.notes.end(), left.begin(), left.end());
        session.ledger()->close(session.transaction(), State::committed, Code::ok, message, end.milliseconds);
    } catch (const std::exception& error) {
        end.tidying = error.what();
    }
    return end;
}

Error end_failed(Session& session, std::unique_ptr<Trial>& trial, const Error& error) try {
    trial.reset(); // lets the locks go
    const auto record = session.ledger()->transaction(session.transaction());
    if (!record || record->closed) return error;
    if (record->state == State::working) {
        session.abandon(error.code(), error.what());
        return error;
    }
    recover(session.files(), session.layout(), *session.ledger());
    return error.code() == Code::needs_person ? ended_after_all(session, error) : error;
} catch (const std::exception& tidying) {
    // The first error says what state the installation is in, and is what the user must read; the next start
    // recovers.
    const std::string what = error.code() == Code::needs_person
                                 ? "A second attempt failed too: "
                                 : "Something is left to be tidied at the next start: ";
    session.progress().note(what + tidying.what());
    return error;
}

} // namespace lockstep
