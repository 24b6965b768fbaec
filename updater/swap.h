// The swap (DESIGN.md section 3, steps 9 to 11) and its undo: the renames between the intent and the one
// ledger write that decides. Updates, rollbacks and recovery all go through it.
#pragma once

#include "updater/file_system.h"
#include "updater/layout.h"
#include "updater/ledger.h"
#include "updater/locked_database.h"
#include "updater/placement.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lockstep {

// The databases of a swap, locked: the live files, and the trial copies that take their places.
struct SwapDatabases {
    std::vector<std::unique_ptr<LockedDatabase>> live;
    std::vector<std::unique_ptr<LockedDatabase>> fresh;
};

// A code file of the installed version, as it was when its content was recognised.
struct SeenFile {
    std::string path; // relative to the root
    FileStatus status;
};

struct SwapResult {
    double milliseconds = 0;        // first rename of a database or a file to commit
    std::vector<std::string> notes; // files of others that were found and kept
};

class Swap {
  public:
    Swap(FileSystem& files, const Layout& layout, Ledger& ledger, std::int64_t transaction,
         std::vector<Placement> placements, std::vector<SeenFile> seen, SwapDatabases& databases);

    // Returns when the new version is committed; the gates are still on. Throws Error: busy where somebody
    // uses a database, runs a code file or has changed one, swap_rolled_back where anything failed; in both
    // cases everything is undone, durably, and the gates are off before it throws. needs_person where it
    // could not be undone, or the ledger can't be read: gates are still on.
    SwapResult run();

    // After the commit: the new entry points take their places, durably.
    void open_gates() { lower_gates(Goal::new_version); }

  private:
    void hold_databases();
    void raise_gates();
    void require_alone();
    void require_nobody_runs() const;
    void require_as_seen(Goal stage) const; // before the gates, or with them
    bool is_unchanged(const FileStatus& before, const std::string& place) const;
    bool has_arrived(const Placement& placement) const;
    bool waits_for_its_gate(const Placement& placement) const;
    void require_still_alone();
    void confirm();
    void commit();
    void undo();
    void lower_gates(Goal goal);

    FileSystem& files_;
    const Layout& layout_;
    Ledger& ledger_;
    std::int64_t transaction_;
    std::vector<Placement> placements_;
    std::vector<SeenFile> seen_;
    SwapDatabases& databases_;
    Placer placer_;
};

// The parts that recovery shares.
void place_back(Placer& placer, const std::vector<Placement>& placements); // all but entry points, last first
void place_forward(Placer& placer, const std::vector<Placement>& placements); // all but entry points
void settle_entry_points(Placer& placer, const std::vector<Placement>& placements, Goal goal);

// State::committed or State::undone, durable when it returns. A write that failed may have happened: obeys
// what the ledger says when it is opened again, and returns that. Throws swap_rolled_back where a commit did
// not happen, needs_person where that can't be read.
State decide(const Layout& layout, Ledger& ledger, std::int64_t transaction, State outcome);

} // namespace lockstep
