// Brings one placement to a goal, from wherever a kill or a power cut left it.
//
// It looks at the disk, not at a memory: which of the placement's files stands at its path, which waits in
// its slots. So it can be called again after any interruption, and undoing and going forward are the same
// code. No rename replaces a file, and a file that nobody planned (made by another program in between) is
// kept beside the slots.
#pragma once

#include "updater/file_system.h"
#include "updater/layout.h"
#include "updater/ledger.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace lockstep {

enum class Goal { old_version, gated, new_version };

enum class Standing { nothing, old_file, new_file, gate, foreign };

// An entry point that stays: one file before and after, only its gate comes and goes.
bool stays(const Placement& placement);

class Placer {
  public:
    // Files are known by their ids; by their content on volumes whose ids don't stay, and where the
    // installation that `placements` are of was copied, so that not one of them has its id any more.
    Placer(FileSystem& files, const Layout& layout, const std::vector<Placement>& placements);

    // A file that this process keeps locked is not opened again here: closing it would drop the lock. While
    // it is open its id stays, on every volume, and it is this one.
    void hold(const FileStatus& locked, Standing standing);

    // Which of the placement's files is at this path (relative to the root).
    Standing standing_at(const Placement& placement, const std::string& relative) const;
    Standing standing(const Placement& placement) const { return standing_at(placement, placement.path); }
    // Whether that file stands at the placement's path, or one that can't be told from it.
    bool stands(const Placement& placement, Standing wanted) const;
    // Where it is (relative to the root), first of all at the path; empty where it is nowhere.
    std::string place_of(const Placement& placement, Standing wanted) const;
    // Whether the file there is known by nothing but what it holds.
    bool knows_by_content(const std::string& relative) const;

    // Every name (relative to the root) at which a file of the placement may be, its own path first.
    static std::vector<std::string> places_of(const Placement& placement);

    // Where a volume renames by two calls and a kill came between them, a file has two of the placement's
    // names: it keeps the first of places_of().
    void end_cut_off_rename(const Placement& placement);

    // Throws Error (needs_person) where the file that belongs there is nowhere. Renames aren't durable before
    // sync().
    void settle(const Placement& placement, Goal goal);

    // Throws what settle() would throw, and moves nothing: asked for all before the first is moved.
    void require_within_reach(const Placement& placement, Goal goal) const;

    // Syncs every folder whose names settle() changed since the last sync().
    void sync();

    // What was found and kept: sentences for the result.
    const std::vector<std::string>& notes() const { return notes_; }

  private:
    void settle_folder(const Placement& placement, Goal goal);
    void make_folder(const Placement& placement, const std::string& path);
    void settle_absent(const Placement& placement);
    bool was_exchanged(const Placement& placement) const;
    bool is_copy(const std::vector<Placement>& placements) const;
    std::string free_slot(const Placement& placement) const;
    void put_in_place(const Placement& placement, const std::string& holder);
    std::string out_of_aside(const Placement& placement, const std::string& holder);
    void empty_aside(const Placement& placement);
    void move(const std::string& from, const std::string& to);
    void keep_foreign(const Placement& placement);
    void keep_foreign_sidecars(const Placement& placement);
    void keep(const Placement& placement, const std::string& relative);
    void touched(const std::string& relative);
    bool is(const Placement& placement, const std::optional<KnownFile>& known, const FileStatus& status,
            const std::string& path) const;
    bool has_unstable_ids(std::uint64_t volume, const std::string& path) const;

    FileSystem& files_;
    const Layout& layout_;
    std::set<std::string> folders_;
    const bool is_copy_;
    std::map<std::pair<std::uint64_t, std::uint64_t>, Standing> held_; // by volume and id
    mutable std::map<std::uint64_t, bool> unstable_ids_;               // by volume
    std::vector<std::string> notes_;
};

} // namespace lockstep
