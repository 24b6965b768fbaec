// An update, a rollback and a recovery on a simulated disk, which loses what a real one may lose: from each
// state that a power cut may leave, recovery gives exactly the old version or exactly the new one.
#include "tests/support/crash_states.h"
#include "tests/support/disk_recorder.h"
#include "tests/support/engine.h"
#include "tests/support/hooked_sqlite.h"
#include "tests/support/numbered_volume.h"
#include "tests/support/recovery_check.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <set>

namespace lockstep {
namespace {

// How the disk is simulated.
struct Simulation {
    void (*each_state)(const DiskLog&, std::size_t, const VisitState&) = &each_crash_state;
    void (*set)(HookedFiles&) = [](HookedFiles&) {};
    bool recovers_here = false; // the real executable can't be told what its volume can't do
    NodeNumber further = 0;     // how much higher the numbers of all files are after the power cut
    bool (*is_lost)(const SeamCall&) = [](const SeamCall&) { return false; }; // a sync that does nothing
};

// A volume that can't exchange names, but has a journal.
constexpr Simulation no_exchange{.set = [](HookedFiles& files) { files.can_exchange = false; },
                                 .recovers_here = true};
// FAT has no journal, and DESIGN.md promises nothing on it: it warns. A FAT that writes in order, as one that
// is mounted for removal does, is recovered from all the same; one that halves a rename isn't.
constexpr Simulation fat{.each_state = &each_ordered_state,
                         .set = [](HookedFiles& files) { files.as_fat = true; },
                         .recovers_here = true,
                         .further = 100};

// Where the commit stands among the steps of a run: the ledger's writes before the gates come off.
struct Decision {
    std::size_t begins = 0; // with no more steps than these it is not made
    std::size_t ends = 0;   // with these it is

    // What recovery has to give; nothing while the commit is on its way to the disk.
    std::optional<Version> wanted(std::size_t steps) const {
        if (steps <= begins) return Version::before;
        if (steps >= ends) return Version::after;
        return std::nullopt;
    }
};

bool in_ledger(const std::string& step) {
    return step.find("/ledger.db") != std::string::npos || step == "sync_folder /field/.lockstep";
}

Decision decision_in(const DiskLog& log) {
    const auto& steps = log.steps();
    Decision found;
    for (std::size_t step = 1; step < steps.size(); ++step)
        if (steps[step].find(" /field/app ") != std::string::npos && in_ledger(steps[step - 1]))
            found.ends = step;
    found.begins = found.ends;
    while (found.begins > 0 && in_ledger(steps[found.begins - 1])) --found.begins;
    return found;
}

// The step with which the gates go on.
std::size_t swap_in(const DiskLog& log) {
    const auto& steps = log.steps();
    const auto gate = std::ranges::find_if(
        steps, [](const std::string& step) { return step.find(" /field/app ") != std::string::npos; });
    return static_cast<std::size_t>(gate - steps.begin());
}

class SimulatedDisk : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!volume_.mounted()) GTEST_SKIP() << "no volume can be mounted here";
    }
    std::string root() const { return volume_.folder() + "/field"; }

    // What a run does to the installation that is on the volume.
    DiskLog recorded(EngineCommand command) {
        DiskRecorder recorder(volume_.folder(), volume_.state());
        const auto catch_up = [&](const SeamCall&) { return recorder.catch_up(), 0; };
        const auto record = [&](const SeamCall& call) {
            if (!simulation_.is_lost(call)) recorder.record(call);
            return 0;
        };
        HookedFiles files;
        files.before = catch_up;
        files.after = record;
        simulation_.set(files);
        hook_sqlite([&](const SeamCall& call) { return changes_file(call) ? catch_up(call) : 0; },
                    [&](const SeamCall& call) { return changes_file(call) ? record(call) : 0; });
        EXPECT_EQ(run_engine_here(shop_.engine(command, root()), files), 0);
        unhook_sqlite();
        recorder.catch_up();
        EXPECT_EQ(recorder.log().now().digest(), volume_.state().digest());
        return recorder.log();
    }
    DiskLog recorded_from_the_start(EngineCommand command) {
        shop_.copy_to(command == EngineCommand::rollback, root());
        return recorded(command);
    }

    RecoveryCheck check_for(EngineCommand command) {
        return RecoveryCheck(shop_, command, [this](const std::string& root) {
            if (simulation_.recovers_here) return recovered_here(root);
            return shop_.recover(root);
        });
    }
    Ran recovered_here(const std::string& root) {
        Ran ran = run_engine(shop_.engine(EngineCommand::recover, root), simulation_.set);
        ran.out = ran.err == "\n" ? "There was nothing to recover." : ran.err; // as the command line has it
        return ran;
    }

    // Recovers from each different state of this part, until a fault is found; returns it.
    using Wanted = std::function<std::optional<Version>(std::size_t steps)>;
    std::string first_fault(const DiskLog& log, RecoveryCheck& check, const Wanted& wanted,
                            SweepCount& count) {
        std::set<std::pair<std::string, std::optional<Version>>> seen;
        std::string fault;
        int in_part = 0;
        for (std::size_t point = first_point_; point <= log.steps().size() && fault.empty(); ++point)
            simulation_.each_state(
                log, point, [&](const std::string& said, const std::vector<Extent>& extents) {
                    if (!fault.empty()) return;
                    ++states_;
                    const DiskState state = log.replay(extents);
                    if (!seen.emplace(state.digest(), wanted(point)).second) return;
                    if (static_cast<int>(point) % parts_ != part_) return;
                    if (in_part++ % stride_ != 0) return;
                    count.tried();
                    fault = fault_of(state, check, wanted(point));
                    if (!fault.empty())
                        fault += "after " + std::to_string(point) + " steps, the last of them: " +
                                 (point > 0 ? log.steps()[point - 1] : "none") + "; " + said;
                });
        different_ += seen.size();
        return fault;
    }

    std::string fault_of(const DiskState& state, RecoveryCheck& check, std::optional<Version> wanted) {
        volume_.make(state, simulation_.further);
        const Recovered recovered = check.recover_at(root());
        if (wanted.value_or(recovered.version) == recovered.version) return recovered.faults;
        return "this is " + name_of(recovered.version) + "\n" + recovered.faults;
    }

    // Of an update of 1.0.0, or a rollback of 1.1.0.
    std::string first_fault_of(EngineCommand command, SweepCount& count) {
        const DiskLog log = recorded_from_the_start(command);
        const Decision decision = decision_in(log);
        EXPECT_GT(decision.begins, 50);
        EXPECT_GT(decision.ends, decision.begins + 5);
        if (swap_only_) first_point_ = swap_in(log);
        RecoveryCheck check = check_for(command);
        const std::string fault = first_fault(
            log, check, [&](std::size_t steps) { return decision.wanted(steps); }, count);
        std::cout << states_ << " states, " << different_ << " different ones in all parts; continued from "
                  << check.continued() << " different states\n";
        return fault;
    }

    // Of the recoveries from kills at every `nth` point of the swap and after it.
    std::string first_fault_in_recovery(EngineCommand command, int nth, SweepCount& count) {
        const DiskLog log = recorded_from_the_start(command);
        const std::vector<std::string>& steps = log.steps();
        RecoveryCheck check = check_for(command);
        std::string fault;
        for (std::size_t point = swap_in(log); point <= steps.size() && fault.empty();
             point += static_cast<std::size_t>(nth)) {
            volume_.make(killed_at(log, point));
            const Version version = check.recover_at(root()).version;
            volume_.make(killed_at(log, point));
            const DiskLog recovery = recorded(EngineCommand::recover);
            fault = first_fault(
                recovery, check, [&](std::size_t) { return version; }, count);
            if (!fault.empty()) fault += ", in the recovery from a kill after " + steps[point - 1];
        }
        return fault;
    }
    static DiskState killed_at(const DiskLog& log, std::size_t point) {
        std::vector<Extent> made;
        for (const DiskOperation& operation : log.operations())
            if (operation.step < point) made.push_back(Extent::whole);
        return log.replay(made);
    }

    SwapWorkshop shop_;
    TemporaryFolder folder_;
    NumberedVolume volume_{folder_ / "disk"};
    Simulation simulation_;
    int parts_ = 1;
    int part_ = 0;
    int stride_ = 1;
    bool swap_only_ = false;
    std::size_t first_point_ = 0;
    std::size_t states_ = 0;
    std::size_t different_ = 0;
};

// What makes the sweeps worth their time: where syncs do nothing, they find it.
class SyncsThatDoNothing : public SimulatedDisk {
  protected:
    std::string fault_without(bool (*is_lost)(const SeamCall&)) {
        simulation_.is_lost = is_lost;
        swap_only_ = true;
        SweepCount count("syncs that do nothing");
        const std::string fault = first_fault_of(EngineCommand::update, count);
        std::cout << fault << '\n';
        return fault;
    }
};

TEST_F(SyncsThatDoNothing, OfTheVolumeAreFound) {
    EXPECT_NE(fault_without([](const SeamCall& call) { return call.name == "sync_volume"; }), "");
}
TEST_F(SyncsThatDoNothing, OfTheInstallationsFoldersAreFound) {
    EXPECT_NE(fault_without([](const SeamCall& call) {
                  return call.name == "sync_folder" && call.path.find("/.lockstep") == std::string::npos;
              }),
              "");
}
TEST_F(SyncsThatDoNothing, OfTheLedgerAreFound) {
    EXPECT_NE(fault_without([](const SeamCall& call) {
                  return call.name == "sync" && call.path.ends_with("/ledger.db");
              }),
              "");
}
TEST_F(SyncsThatDoNothing, OfTheLedgersJournalAreFound) {
    EXPECT_NE(fault_without([](const SeamCall& call) {
                  return call.name == "sync" && call.path.ends_with("/ledger.db-journal");
              }),
              "");
}

class SimulatedDiskSweep : public SimulatedDisk, public ::testing::WithParamInterface<int> {
  protected:
    SimulatedDiskSweep() { parts_ = 4, part_ = GetParam(), stride_ = stride(4); }

    void sweep(EngineCommand command, const std::string& name, const Simulation& simulation, int least) {
        simulation_ = simulation;
        SweepCount count(name);
        EXPECT_EQ(first_fault_of(command, count), "");
        EXPECT_GE(count.points(), least / parts_ / stride_);
    }
};

TEST_P(SimulatedDiskSweep, AnUpdateEndsOldOrNew) {
    sweep(EngineCommand::update, "update on a simulated disk", {}, 3000);
}
TEST_P(SimulatedDiskSweep, ARollbackEndsNewOrOld) {
    sweep(EngineCommand::rollback, "rollback on a simulated disk", {}, 1000);
}
TEST_P(SimulatedDiskSweep, WithoutExchangeAnUpdateEndsOldOrNew) {
    sweep(EngineCommand::update, "update on a simulated disk without exchange", no_exchange, 3000);
}
TEST_P(SimulatedDiskSweep, WithoutExchangeARollbackEndsNewOrOld) {
    sweep(EngineCommand::rollback, "rollback on a simulated disk without exchange", no_exchange, 1000);
}
TEST_P(SimulatedDiskSweep, TheRecoveryOfAnUpdateEndsWhereItWouldHave) {
    SweepCount count("recovery of an update on a simulated disk");
    EXPECT_EQ(first_fault_in_recovery(EngineCommand::update, stride(5), count), "");
    EXPECT_GE(count.points(), 120 / parts_);
}
TEST_P(SimulatedDiskSweep, TheRecoveryOfARollbackEndsWhereItWouldHave) {
    SweepCount count("recovery of a rollback on a simulated disk");
    EXPECT_EQ(first_fault_in_recovery(EngineCommand::rollback, stride(5), count), "");
    EXPECT_GE(count.points(), 120 / parts_);
}
INSTANTIATE_TEST_SUITE_P(Part, SimulatedDiskSweep, ::testing::Range(0, 4));

// Few states: each of them, always.
class SimulatedFat : public SimulatedDisk {
  protected:
    SimulatedFat() { simulation_ = fat; }
};

TEST_F(SimulatedFat, AnUpdateEndsOldOrNew) {
    SweepCount count("update on a simulated FAT");
    EXPECT_EQ(first_fault_of(EngineCommand::update, count), "");
    EXPECT_GE(count.points(), 300);
}
TEST_F(SimulatedFat, ARollbackEndsNewOrOld) {
    SweepCount count("rollback on a simulated FAT");
    EXPECT_EQ(first_fault_of(EngineCommand::rollback, count), "");
    EXPECT_GE(count.points(), 150);
}

} // namespace
} // namespace lockstep
