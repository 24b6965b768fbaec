#include "updater/placement.h"

#include "payload/digest.h"
#include "updater/locked_database.h"

#include <algorithm>

namespace lockstep {
namespace {

// Where a file waits while it is neither at its path nor in its slot: on volumes that can't exchange two
// names.
std::string aside_of(const Placement& placement) {
    return placement.slot + ".aside";
}

const std::optional<KnownFile>& file_for(const Placement& placement, Goal goal) {
    switch (goal) {
    case Goal::gated:
        return placement.gate;
    case Goal::new_version:
        return placement.new_file;
    case Goal::old_version:
        break;
    }
    return placement.old_file;
}

Standing standing_for(Goal goal) {
    switch (goal) {
    case Goal::gated:
        return Standing::gate;
    case Goal::new_version:
        return Standing::new_file;
    case Goal::old_version:
        break;
    }
    return Standing::old_file;
}

Goal goal_of(const Placement& placement, Goal goal) {
    return goal == Goal::new_version && stays(placement) ? Goal::old_version : goal;
}

Error nowhere(const Layout& layout, const Placement& placement) {
    return {Code::needs_person, "put back", layout.absolute(placement.path),
            "the file that belongs there is neither there nor in " + layout.absolute(placement.slot)};
}

} // namespace

bool stays(const Placement& placement) {
    return placement.old_file && placement.new_file && placement.old_file->id == placement.new_file->id;
}

Placer::Placer(FileSystem& files, const Layout& layout, const std::vector<Placement>& placements)
    : files_(files), layout_(layout), is_copy_(is_copy(placements)) {}

// Files are there, and not one has the id that it had: somebody copied the installation.
bool Placer::is_copy(const std::vector<Placement>& placements) const {
    bool found = false;
    for (const Placement& placement : placements) {
        if (placement.kind == PlacementKind::folder) continue;
        for (const std::string& place : places_of(placement)) {
            const auto status = files_.status(layout_.absolute(place));
            if (!status || status->kind != FileKind::file) continue;
            found = true;
            for (const auto& known : {placement.old_file, placement.new_file, placement.gate})
                if (known && known->id == status->id) return false;
        }
    }
    return found;
}

void Placer::hold(const FileStatus& locked, Standing standing) {
    held_[{locked.volume, locked.id}] = standing;
}

bool Placer::is(const Placement& placement, const std::optional<KnownFile>& known, const FileStatus& status,
                const std::string& path) const {
    if (!known) return false;
    if (!has_unstable_ids(status.volume, path)) return status.id == known->id;
    // A database that somebody wrote to has another content, so on such a volume it is known by nothing.
    return placement.kind != PlacementKind::sidecar && status.size == known->size &&
           sha256(*files_.open(path)) == known->sha256;
}

// Asked once of each volume: the swap looks at each file many times, between first rename and commit.
bool Placer::has_unstable_ids(std::uint64_t volume, const std::string& path) const {
    const auto known = unstable_ids_.find(volume);
    if (known != unstable_ids_.end()) return known->second;
    return unstable_ids_[volume] = is_copy_ || files_.volume(path).unstable_ids;
}

bool Placer::knows_by_content(const std::string& relative) const {
    const std::string path = layout_.absolute(relative);
    const auto status = files_.status(path);
    return status && has_unstable_ids(status->volume, path);
}

Standing Placer::standing_at(const Placement& placement, const std::string& relative) const {
    const std::string path = layout_.absolute(relative);
    const auto status = files_.status(path);
    if (!status) return Standing::nothing;
    if (status->kind != FileKind::file) return Standing::foreign;
    const auto held = held_.find({status->volume, status->id});
    if (held != held_.end() && has_unstable_ids(status->volume, path)) return held->second;
    if (is(placement, placement.old_file, *status, path)) return Standing::old_file;
    if (is(placement, placement.new_file, *status, path)) return Standing::new_file;
    if (is(placement, placement.gate, *status, path)) return Standing::gate;
    return Standing::foreign;
}

// Of two code files that are only known by one and the same content, either is the other.
bool Placer::stands(const Placement& placement, Standing wanted) const {
    const Standing here = standing(placement);
    return here == wanted ||
           (placement.kind == PlacementKind::file && here == Standing::old_file &&
            wanted == Standing::new_file && placement.old_file && placement.new_file &&
            placement.old_file->sha256 == placement.new_file->sha256 && knows_by_content(placement.path));
}

std::vector<std::string> Placer::places_of(const Placement& placement) {
    std::vector<std::string> places{placement.path, placement.slot};
    if (!placement.gate_slot.empty()) places.push_back(placement.gate_slot);
    places.push_back(aside_of(placement));
    return places;
}

void Placer::end_cut_off_rename(const Placement& placement) {
    if (placement.kind == PlacementKind::folder) return;
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen; // volume and id
    for (const std::string& place : places_of(placement)) {
        const auto status = files_.status(layout_.absolute(place));
        if (!status || status->kind != FileKind::file || status->names < 2) continue;
        if (seen.insert({status->volume, status->id}).second) continue;
        files_.remove_file(layout_.absolute(place));
        touched(place);
    }
}

void Placer::settle(const Placement& placement, Goal goal) {
    if (goal == Goal::gated && !placement.gate) return;
    // Also where nothing is left to do: a run that was killed may have done it, and not have synced it.
    touched(placement.path);
    if (!placement.slot.empty()) touched(placement.slot);
    if (placement.kind == PlacementKind::folder) return settle_folder(placement, goal);
    goal = goal_of(placement, goal);
    if (!file_for(placement, goal)) return settle_absent(placement);

    const Standing wanted = standing_for(goal);
    if (stands(placement, wanted)) return empty_aside(placement);
    const std::string holder = place_of(placement, wanted);
    if (!holder.empty()) return put_in_place(placement, holder);

    // SQLite removes a sidecar itself; a file that its owner exchanged meanwhile is the owner's.
    if (placement.kind == PlacementKind::sidecar) return;
    if (goal == Goal::old_version && was_exchanged(placement)) {
        notes_.push_back(placement.path + " was exchanged by another program, and was left as it is");
        return;
    }
    throw nowhere(layout_, placement);
}

void Placer::require_within_reach(const Placement& placement, Goal goal) const {
    if (placement.kind != PlacementKind::file && placement.kind != PlacementKind::database) return;
    goal = goal_of(placement, goal);
    if (!file_for(placement, goal)) return;
    const bool left_as_it_is = goal == Goal::old_version && was_exchanged(placement);
    if (!left_as_it_is && !stands(placement, standing_for(goal)) &&
        place_of(placement, standing_for(goal)).empty())
        throw nowhere(layout_, placement);
}

// By another program. Not where a file that nobody knows waits in a slot as well: that may be the old one.
bool Placer::was_exchanged(const Placement& placement) const {
    return std::ranges::all_of(places_of(placement), [&](const std::string& place) {
        return (place == placement.path) == (standing_at(placement, place) == Standing::foreign);
    });
}

void Placer::settle_folder(const Placement& placement, Goal goal) {
    const std::string path = layout_.absolute(placement.path);
    const auto status = files_.status(path);
    if (goal == Goal::new_version && !status) {
        make_folder(placement, path);
        touched(placement.path);
    }
    if (goal == Goal::old_version && status && status->kind == FileKind::folder &&
        files_.names_in(path).empty()) {
        files_.remove_folder(path);
        touched(placement.path);
    }
}

// With the rights of the folder that was there before the update, or its parent's owner.
void Placer::make_folder(const Placement& placement, const std::string& path) {
    files_.make_folder(path, 0755);
    const std::string model = layout_.absolute(placement.slot);
    if (!placement.slot.empty() && files_.status(model)) return files_.copy_rights(model, path);
    const FileStatus parent = files_.status(parent_of(path)).value_or(FileStatus{});
    const FileStatus made = files_.status(path).value_or(FileStatus{});
    if (made.owner != parent.owner || made.group != parent.group)
        files_.set_owner(path, parent.owner, parent.group);
}

// Nothing belongs at the path: what stands there waits in a slot, unless somebody else put it there.
void Placer::settle_absent(const Placement& placement) {
    switch (standing(placement)) {
    case Standing::nothing:
        return;
    case Standing::foreign:
        if (placement.kind != PlacementKind::sidecar)
            notes_.push_back(placement.path + " was made by another program, and was left as it is");
        return;
    default:
        move(placement.path, free_slot(placement));
    }
}

std::string Placer::place_of(const Placement& placement, Standing wanted) const {
    for (const std::string& place : places_of(placement))
        if (standing_at(placement, place) == wanted) return place;
    return {};
}

std::string Placer::free_slot(const Placement& placement) const {
    for (const std::string& slot : {placement.slot, placement.gate_slot})
        if (!slot.empty() && !files_.status(layout_.absolute(slot))) return slot;
    return aside_of(placement);
}

void Placer::put_in_place(const Placement& placement, const std::string& holder) {
    const Standing here = standing(placement);
    if (here == Standing::foreign) keep_foreign(placement);
    if (here == Standing::nothing || here == Standing::foreign) {
        keep_foreign_sidecars(placement);
        move(holder, placement.path);
        return empty_aside(placement);
    }
    touched(placement.path);
    touched(holder);
    if (files_.exchange(layout_.absolute(placement.path), layout_.absolute(holder))) return;
    const std::string waiting = out_of_aside(placement, holder);
    move(placement.path, aside_of(placement));
    keep_foreign_sidecars(placement);
    move(waiting, placement.path);
    empty_aside(placement);
}

// Cut off before, it waits where the file at the path has to go now. Of the slots one is free then.
std::string Placer::out_of_aside(const Placement& placement, const std::string& holder) {
    if (holder != aside_of(placement)) return holder;
    std::string slot = free_slot(placement);
    move(holder, slot);
    return slot;
}

// What had to wait there has a slot again: everybody else looks for it in the slots.
void Placer::empty_aside(const Placement& placement) {
    const std::string aside = aside_of(placement);
    if (!files_.status(layout_.absolute(aside))) return;
    if (const std::string slot = free_slot(placement); slot != aside) move(aside, slot);
}

void Placer::move(const std::string& from, const std::string& to) {
    files_.rename(layout_.absolute(from), layout_.absolute(to));
    touched(from);
    touched(to);
}

void Placer::keep_foreign(const Placement& placement) {
    keep(placement, placement.path);
}

// A journal or WAL that another program's database left would be played into the one that comes to stand
// there.
void Placer::keep_foreign_sidecars(const Placement& placement) {
    if (placement.kind != PlacementKind::database) return;
    for (const std::string& sidecar : sidecar_paths(placement.path))
        if (files_.status(layout_.absolute(sidecar))) keep(placement, sidecar);
}

void Placer::keep(const Placement& placement, const std::string& relative) {
    const std::string ending = relative.substr(placement.path.size()); // of a sidecar
    std::string kept = placement.slot + ".found";
    for (int number = 2; files_.status(layout_.absolute(kept + ending)); ++number)
        kept = placement.slot + ".found" + std::to_string(number);
    move(relative, kept + ending);
    notes_.push_back("another program made " + relative + " during the update; it was kept as " +
                     Layout::found_slot(kept + ending));
}

void Placer::touched(const std::string& relative) {
    folders_.insert(parent_of(layout_.absolute(relative)));
}

void Placer::sync() {
    for (const std::string& folder : folders_)
        if (files_.status(folder)) files_.sync_folder(folder);
    folders_.clear();
}

} // namespace lockstep
