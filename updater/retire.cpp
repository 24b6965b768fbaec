#include "updater/recovery.h"

#include "updater/boot_recovery.h"
#include "updater/locked_database.h"
#include "updater/lost_history.h"
#include "updater/placement.h"
#include "updater/prepare.h"
#include "updater/set_aside.h"
#include "updater/trust_store.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

constexpr std::size_t kept_backups = 3; // DESIGN.md section 3, step 11

// The file that the new database replaced. Its verified copy is in the backup; whoever opened it in the
// moment of the swap must not go on writing into it. Kept, with a sentence, where somebody has it open all
// the same.
std::string dispose_of_replaced(FileSystem& files, const std::string& path) {
    if (!files.status(path)) return {};
    try {
        LockedDatabase database(path);
        if (!database.claim_alone()) return path + " is still open in another program, and was kept";
        database.invalidate();
    } catch (const Error& error) {
        // "Not a database": it was invalidated before.
        if (error.code() != Code::live_damaged) return path + " was kept: " + error.cause();
    }
    for (const std::string& sidecar : sidecar_paths(path)) files.remove_file(sidecar);
    files.remove_file(path);
    return {};
}

// A rollback gives a folder back with its owner and mode.
void remember_rights(FileSystem& files, const std::string& folder, const std::string& twin) {
    files.make_folders(twin, 0755);
    files.copy_rights(folder, twin);
}

void remove_emptied_folders(FileSystem& files, const Layout& layout, const std::string& kept,
                            const std::vector<Placement>& placements) {
    const std::uint64_t volume =
        files.status(layout.root()).value_or(FileStatus{}).volume; // no mount point goes
    for (const Placement& placement : placements) {
        const bool removed =
            placement.kind == PlacementKind::file || placement.kind == PlacementKind::database;
        if (!removed || placement.new_file) continue;
        for (std::string folder = parent_of(layout.absolute(placement.path)); folder != layout.root();
             folder = parent_of(folder)) {
            const auto status = files.status(folder);
            if (!status || status->kind != FileKind::folder || status->volume != volume) break;
            if (!files.names_in(folder).empty()) break;
            const std::string path = folder.substr(layout.root().size() + 1);
            remember_rights(files, folder, Layout::removed_folder(kept, path));
            files.remove_folder(folder);
        }
    }
}

// What the swap used and nobody needs again: gates, sidecar files of the replaced databases, and the like.
void remove_used(FileSystem& files, const Layout& layout, std::int64_t transaction,
                 const std::vector<Placement>& placements) {
    const Placer placer(files, layout, placements);
    for (const Placement& placement : placements) {
        const std::string slot = Layout::kept_slot(transaction, placement.slot);
        const std::string gate = Layout::kept_slot(transaction, placement.gate_slot);
        if (placement.kind == PlacementKind::sidecar) files.remove_file(layout.absolute(slot));
        if (placement.gate_slot.empty()) continue;
        // The old file waits in either slot, the gate in the other.
        for (const std::string& place : {slot, gate})
            if (placer.standing_at(placement, place) == Standing::gate)
                files.remove_file(layout.absolute(place));
    }
    const std::string kept = layout.kept(transaction);
    files.remove_tree(Layout::temporary(kept));
    files.remove_tree(Layout::preview(kept));
}

// Never one that the ledger doesn't know: it may be the only copy of what a lost ledger's update replaced.
void drop_oldest(FileSystem& files, const Layout& layout, Ledger& ledger) {
    const std::set<std::int64_t> for_good = rollbacks_that_set_aside(ledger);
    std::vector<std::int64_t> numbers;
    for (const std::string& name : files.names_in(layout.backups()))
        if (const auto number = transaction_of(name); number && name == std::to_string(*number))
            if (ledger.transaction(*number) && !for_good.contains(*number)) numbers.push_back(*number);
    std::ranges::sort(numbers);
    while (numbers.size() > kept_backups) {
        files.remove_tree(layout.kept(numbers.front()));
        numbers.erase(numbers.begin());
    }
}

void keep_found(FileSystem& files, const Layout& layout, const std::string& folder,
                std::int64_t transaction) {
    if (!files.status(folder)) return;
    for (const std::string& name : files.names_in(folder)) {
        if (!Layout::is_found(name)) continue;
        const std::string kept = layout.found(transaction);
        files.make_folders(kept, 0700);
        files.rename(joined(folder, name), joined(kept, name));
        files.sync_folder(kept);
        files.sync_folder(layout.backups());
        files.sync_folder(layout.state());
    }
}

// On another volume than the state: what was found there can't be renamed away, and stays.
void remove_beside(FileSystem& files, const std::string& folder) {
    if (!files.status(folder)) return;
    for (const std::string& name : files.names_in(folder))
        if (!Layout::is_found(name)) files.remove_tree(joined(folder, name));
    if (files.names_in(folder).empty()) files.remove_folder(folder);
    files.sync_folder(parent_of(folder));
}

} // namespace

std::vector<std::string> retire(FileSystem& files, const Layout& layout, Ledger& ledger,
                                std::int64_t transaction) {
    const auto placements = ledger.placements(transaction);
    const std::string kept = layout.kept(transaction);
    files.make_folders(layout.backups(), 0700);
    files.sync_folder(layout.state()); // or the backup would be lost with the folder that it moves into
    if (files.status(layout.work(transaction))) files.rename(layout.work(transaction), kept);
    files.sync_folder(layout.backups());
    files.sync_folder(layout.work_area());
    pin_staged_trust(files, layout, kept);

    std::vector<std::string> left;
    for (const Placement& placement : placements) {
        if (placement.kind != PlacementKind::database) continue;
        const std::string slot = Layout::kept_slot(transaction, placement.slot);
        if (const auto sentence = dispose_of_replaced(files, layout.absolute(slot)); !sentence.empty())
            left.push_back(sentence);
    }
    keep_found(files, layout, Layout::slots(kept), transaction);
    remove_used(files, layout, transaction, placements);
    remove_emptied_folders(files, layout, kept, placements);
    for (const DatabaseRecord& database : ledger.databases(transaction)) {
        const std::string beside = layout.absolute(Layout::beside(database.path, transaction));
        if (!files.status(beside)) continue;
        if (files.names_in(beside).empty()) files.remove_folder(beside);
        files.sync_volume(parent_of(beside));
    }
    drop_oldest(files, layout, ledger);
    unregister_boot_recovery(files, layout);
    forget_prepared(files, layout);
    // The ledger is closed next, and nobody tidies again after that.
    files.sync_volume(layout.state());
    return left;
}

void discard(FileSystem& files, const Layout& layout, std::int64_t transaction,
             const std::vector<std::string>& folders_beside) {
    keep_found(files, layout, Layout::slots(layout.work(transaction)), transaction);
    files.remove_tree(layout.work(transaction));
    // What came back after a power cut would stay for good: the ledger is closed next.
    if (files.status(layout.work_area())) files.sync_folder(layout.work_area());
    for (const std::string& folder : folders_beside) remove_beside(files, layout.absolute(folder));
    unregister_boot_recovery(files, layout);
}

} // namespace lockstep
