#include "updater/swap.h"

#include "payload/language.h"
#include "updater/process.h"

#include <chrono>
#include <map>

namespace lockstep {
namespace {

State state_on_disk(const Layout& layout, std::int64_t transaction, const Error& failure) try {
    Ledger again(layout.ledger(), false);
    const auto record = again.transaction(transaction);
    if (record && (record->state == State::committed || record->state == State::undone)) again.sync();
    return record ? record->state : State::working;
} catch (const std::exception& unreadable) {
    throw Error(Code::needs_person, "read what was decided in", layout.ledger(),
                std::string(unreadable.what()) + " (after: " + failure.what() + ")");
}

// An entry point that stays is moved out of its gate's way.
bool is_moved_away(const Placement& placement) {
    return placement.kind == PlacementKind::file && (placement.gate || !stays(placement));
}

} // namespace

Swap::Swap(FileSystem& files, const Layout& layout, Ledger& ledger, std::int64_t transaction,
           std::vector<Placement> placements, std::vector<SeenFile> seen, SwapDatabases& databases)
    : files_(files), layout_(layout), ledger_(ledger), transaction_(transaction),
      placements_(std::move(placements)), seen_(std::move(seen)), databases_(databases),
      placer_(files, layout, placements_) {
    hold_databases();
}

void Swap::hold_databases() {
    for (const Placement& placement : placements_) {
        if (placement.kind != PlacementKind::database) continue;
        for (const auto& database : databases_.live)
            if (database->path() == layout_.absolute(placement.path))
                placer_.hold(database->status(), Standing::old_file);
        for (const auto& database : databases_.fresh)
            if (database->path() == layout_.absolute(placement.slot))
                placer_.hold(database->status(), Standing::new_file);
    }
}

SwapResult Swap::run() {
    require_as_seen(Goal::old_version);
    ledger_.write_intent(transaction_, placements_);
    SwapResult result;
    try {
        raise_gates();
        require_alone();
        const auto begin = std::chrono::steady_clock::now();
        place_forward(placer_, placements_);
        placer_.sync();
        confirm();
        require_still_alone();
        commit();
        result.milliseconds =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    } catch (const std::exception&) {
        const Error error = caught_error();
        if (error.code() == Code::needs_person) throw;
        undo();
        Error undone = error.code() == Code::busy ? error : with_code(error, Code::swap_rolled_back);
        for (const std::string& note : placer_.notes())
            undone.advise(undone.advice() + "\nNote: " + note + ".");
        throw undone;
    }
    result.notes = placer_.notes();
    return result;
}

void Swap::raise_gates() {
    settle_entry_points(placer_, placements_, Goal::gated);
    placer_.sync();
}

// From here on nobody may have a database open, even idle: a connection that writes later would write into
// the file moved aside. No program of the old version may be running, and no file of it may have changed.
void Swap::require_alone() {
    require_nobody_runs();
    require_as_seen(Goal::gated);
    for (const auto* databases : {&databases_.live, &databases_.fresh})
        for (const auto& database : *databases)
            if (!database->claim_alone())
                throw Error(Code::busy, "begin the swap of", database->path(),
                            say(Message::who_uses_it, {names_of(holders_of({database->status()}))}));
}

void Swap::require_nobody_runs() const {
    std::vector<FileStatus> entry_points;
    for (const Placement& placement : placements_)
        if (placement.gate)
            if (const auto status =
                    files_.status(layout_.absolute(placer_.place_of(placement, Standing::old_file))))
                entry_points.push_back(*status);
    std::vector<FileStatus> programs;
    for (const SeenFile& file : seen_) programs.push_back(file.status);
    std::vector<Holder> running = holders_of(entry_points);
    if (running.empty()) running = runners_of(programs);
    if (!running.empty())
        throw Error(Code::busy, "begin the swap in", layout_.root(),
                    say(Message::who_runs, {names_of(running)}));
}

// Of what is moved away: a change made since would be gone without a word. Nothing is read: a writer leaves
// another time, size or file. Databases are locked, so that only a rename could have put another one there.
void Swap::require_as_seen(Goal stage) const {
    std::map<std::string, FileStatus> seen;
    for (const SeenFile& file : seen_) seen[file.path] = file.status;
    for (const Placement& placement : placements_) {
        const bool is_database = placement.kind == PlacementKind::database;
        if (!placement.old_file || !(is_database || is_moved_away(placement))) continue;
        const bool gated = stage == Goal::gated && placement.gate;
        const std::string place = placer_.place_of(placement, Standing::old_file);
        const auto before = seen.find(placement.path);
        if (place.empty() || (place == placement.path) == gated ||
            (before != seen.end() && !is_unchanged(before->second, place)))
            throw Error(Code::busy, "replace", layout_.absolute(placement.path),
                        "another program changed it during the update");
    }
}

bool Swap::is_unchanged(const FileStatus& before, const std::string& place) const {
    const FileStatus now = files_.status(layout_.absolute(place)).value_or(FileStatus{});
    const bool same = before.kind == now.kind && before.size == now.size;
    return same &&
           (placer_.knows_by_content(place) || (before.id == now.id && before.modified == now.modified));
}

void Swap::require_still_alone() {
    for (const auto* databases : {&databases_.live, &databases_.fresh})
        for (const auto& database : *databases)
            if (!database->still_alone())
                throw Error(Code::busy, "finish the swap of", database->path(),
                            "another program opened it during the swap");
}

void place_forward(Placer& placer, const std::vector<Placement>& placements) {
    for (const PlacementKind kind :
         {PlacementKind::folder, PlacementKind::sidecar, PlacementKind::database, PlacementKind::file}) {
        for (const Placement& placement : placements)
            if (placement.kind == kind && !placement.entry_point) placer.settle(placement, Goal::new_version);
        if (kind == PlacementKind::database) placer.sync();
    }
}

void place_back(Placer& placer, const std::vector<Placement>& placements) {
    for (const PlacementKind kind :
         {PlacementKind::file, PlacementKind::database, PlacementKind::sidecar, PlacementKind::folder})
        for (auto placement = placements.rbegin(); placement != placements.rend(); ++placement)
            if (placement->kind == kind && !placement->entry_point)
                placer.settle(*placement, Goal::old_version);
}

void settle_entry_points(Placer& placer, const std::vector<Placement>& placements, Goal goal) {
    for (const Placement& placement : placements)
        if (placement.entry_point) placer.settle(placement, goal);
}

bool Swap::has_arrived(const Placement& placement) const {
    if (!placement.new_file) return placer_.standing(placement) == Standing::nothing;
    const auto status = files_.status(layout_.absolute(placement.path));
    return placer_.stands(placement, Standing::new_file) && status &&
           status->size == placement.new_file->size;
}

// The new one, or the old one that stays: a virus scanner may have taken it out of its slot, and after the
// commit there would be nothing but the gate.
bool Swap::waits_for_its_gate(const Placement& placement) const {
    if (!placement.new_file) return true;
    const std::string place =
        placer_.place_of(placement, stays(placement) ? Standing::old_file : Standing::new_file);
    const auto status = place.empty() ? std::nullopt : files_.status(layout_.absolute(place));
    return status && status->size == placement.new_file->size;
}

// By identity and size, of files whose content was checked in staging: nothing is read here.
void Swap::confirm() {
    for (const Placement& placement : placements_) {
        if (placement.kind == PlacementKind::folder) continue;
        if (placement.entry_point ? !waits_for_its_gate(placement) : !has_arrived(placement))
            throw Error(Code::swap_rolled_back, "confirm", layout_.absolute(placement.path),
                        "another program changed it during the swap");
    }
}

void Swap::commit() {
    decide(layout_, ledger_, transaction_, State::committed);
}

void Swap::undo() try {
    place_back(placer_, placements_);
    placer_.sync();
    // Whoever opened a trial copy while it stood in the live place must not write into it.
    for (const auto& database : databases_.fresh) database->invalidate();
    decide(layout_, ledger_, transaction_, State::undone);
    lower_gates(Goal::old_version);
} catch (const std::exception&) {
    throw with_code(caught_error().during("putting the old version back"), Code::needs_person);
}

void Swap::lower_gates(Goal goal) {
    settle_entry_points(placer_, placements_, goal);
    placer_.sync();
}

State decide(const Layout& layout, Ledger& ledger, std::int64_t transaction, State outcome) try {
    ledger.write_outcome(transaction, outcome);
    return outcome;
} catch (const std::exception&) {
    const Error failure = caught_error();
    const State state = state_on_disk(layout, transaction, failure);
    if (state == State::committed || state == State::undone) return state;
    if (state == State::intent && outcome == State::committed)
        throw Error(Code::swap_rolled_back, "commit in", layout.ledger(),
                    failure.cause() + "; the write did not happen");
    throw Error(Code::needs_person, "write the outcome into", layout.ledger(), failure.cause());
}

} // namespace lockstep
