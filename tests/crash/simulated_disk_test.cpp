// An update, a rollback and a recovery on a simulated disk, which loses what a real one may lose: from each
// state that a power cut may leave, recovery gives exactly the old version or exactly the new one.
#include "tests/support/crash_states.h"
#include "tests/support/disk_recorder.h"
#include "tests/support/engine.h"
#include "tests/support/hooked_sqlite.h"
#include "tests/support/numbered_volume.h"
#include "tests/support/recovery_check.h"
#include "tests/support/sweep.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <set>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// Where the commit stands among the steps of a run: the ledger's writes before the gates come off.
struct Decision {
    std::size_t begins = 0; // with no more steps than these it is not made
    std::size_t ends = 0;   // with these it is
};

bool moves_the_entry_point(const std::string& step) {
    return step.starts_with("exchange ") && step.ends_with("/app");
}

Decision decision_in(const DiskLog& log) {
    Decision found;
    for (std::size_t step = 1; step < log.steps().size(); ++step) {
        const bool in_ledger = log.steps()[step - 1].find("/ledger.db") != std::string::npos;
        if (moves_the_entry_point(log.steps()[step]) && in_ledger) found.ends = step;
    }
    found.begins = found.ends;
    while (found.begins > 0 && log.steps()[found.begins - 1].find("/.lockstep") != std::string::npos)
        --found.begins;
    return found;
}

class SimulatedDisk : public ::testing::TestWithParam<int> {
  protected:
    void SetUp() override {
        if (!volume_.mounted()) GTEST_SKIP() << "no volume can be mounted here";
    }
    std::string root() const { return volume_.folder() + "/field"; }

    DiskLog recorded(EngineCommand command) {
        DiskRecorder recorder(volume_.folder(), volume_.state());
        HookedFiles files;
        files.before = [&](const SeamCall&) { recorder.catch_up(); };
        files.after = [&](const SeamCall& call) { recorder.record(call); };
        hook_sqlite([&](const SeamCall&) { return recorder.catch_up(), 0; },
                    [&](const SeamCall& call) { return recorder.record(call), 0; });
        EngineRun engine = shop_.engine(command, root());
        engine.executable = fs::canonical("/bin/sleep"); // as the engine: a small one, and it isn't run
        const int code = run_engine_here(engine, files);
        unhook_sqlite();
        EXPECT_EQ(code, 0);
        recorder.catch_up();
        EXPECT_EQ(recorder.log().now().digest(), volume_.state().digest());
        return recorder.log();
    }

    DiskLog recorded(EngineCommand command, const std::string& installation) {
        fs::copy(shop_.workshop() / installation, root(), fs::copy_options::recursive);
        return recorded(command);
    }

    // Each different state that `each` gives for any number of steps; `part` of `parts` of them.
    using EachState = void (*)(const DiskLog&, std::size_t, const VisitState&);
    using Check = std::function<void(std::size_t point, const DiskState& state)>;
    void visit_part(const DiskLog& log, EachState each, const Check& check) {
        std::set<std::string> seen;
        for (std::size_t point = 0; point <= log.steps().size(); ++point)
            each(log, point, [&](const std::string& said, const std::vector<Extent>& extents) {
                if (HasFailure()) return;
                ++states_;
                const DiskState state = log.replay(extents);
                if (!seen.insert(state.digest()).second) return;
                if (static_cast<int>(seen.size()) % (parts * stride(usual_stride)) != GetParam()) return;
                SCOPED_TRACE("after " + std::to_string(point) + " steps, the last of them: " +
                             (point > 0 ? log.steps()[point - 1] : "none") + "; " + said);
                check(point, state);
            });
        different_ += seen.size();
    }

    void sweep(EngineCommand command, const std::string& installation, const std::string& name) {
        const DiskLog log = recorded(command, installation);
        const Decision decision = decision_in(log);
        ASSERT_GT(decision.begins, 100);
        ASSERT_GT(log.steps().size(), decision.ends);
        RecoveryCheck check(shop_, command);
        SweepCount count(name);
        visit_part(log, &each_crash_state, [&](std::size_t point, const DiskState& state) {
            count.tried();
            volume_.make(state);
            const Version version = check.recover_and_check(root());
            const bool decided = point <= decision.begins || point >= decision.ends;
            const Version wanted = point >= decision.ends ? Version::after : Version::before;
            EXPECT_TRUE(!decided || version == wanted) << "the other version was expected";
        });
        tell(check);
        EXPECT_GE(count.points(), 3000 / parts / stride(usual_stride));
    }

    void tell(const RecoveryCheck& check) const {
        std::cout << states_ << " states, " << different_ << " different ones in all parts; continued from "
                  << check.continued() << " different states\n";
    }

    static constexpr int parts = 4;
    static constexpr int usual_stride = 4;
    SwapWorkshop shop_;
    TemporaryFolder folder_;
    NumberedVolume volume_{folder_ / "disk"};
    std::size_t states_ = 0;
    std::size_t different_ = 0;
};

TEST_P(SimulatedDisk, AnUpdateEndsOldOrNew) {
    sweep(EngineCommand::update, "original", "update on a simulated disk");
}

TEST_P(SimulatedDisk, ARollbackEndsNewOrOld) {
    sweep(EngineCommand::rollback, "updated", "rollback on a simulated disk");
}

INSTANTIATE_TEST_SUITE_P(Part, SimulatedDisk, ::testing::Range(0, 4));

} // namespace
} // namespace lockstep
