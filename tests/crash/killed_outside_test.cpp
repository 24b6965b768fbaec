// The executable that is shipped, killed at every system call that changes a file or writes it to the disk:
// recovery gives exactly the old version or exactly the new one, and the next update works. A kill at a call
// comes before the call is made; one after it is the kill at the next.
#include "tests/support/old_then_new.h"
#include "tests/support/sweep_outside.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr int parts = 4;          // tests that run side by side
constexpr int usual_stride = 4;   // of the points of a command
constexpr int usual_recovery = 8; // of those of its recoveries

class KilledOutside : public ::testing::TestWithParam<int> {
  protected:
    void SetUp() override { NEEDS_STRACE(); }

    void sweep(EngineCommand command, SweepCount& count) {
        OldThenNew watch(workshop_.shop(), workshop_.before(command), workshop_.after(command));
        const auto calls = workshop_.calls_of(command);
        const int commit = milestones_in(calls).commit;
        for (const auto& [number, call] :
             part_of(points_that_change(calls), stride(usual_stride), GetParam(), parts)) {
            const std::string root = workshop_.fresh(command);
            kill_at_call(workshop_.program(command, root), number, call, root, watch);
            EXPECT_EQ(watch.arrived_at().empty(), number <= commit) << "forward from the commit on";
            count.tried();
            if (HasFailure()) return;
        }
        EXPECT_NE(watch.arrived_at(), "") << "no point after the commit";
    }

    void sweep_recovery(const Interruption& interruption, SweepCount& count) {
        const SystemCall stage = workshop_.call_of(interruption);
        const Tree& end = interruption.committed ? workshop_.after(interruption.command)
                                                 : workshop_.before(interruption.command);
        OldThenNew watch(workshop_.shop(), end, end);
        const auto recovery = system_calls_of(
            workshop_.program(EngineCommand::recover, workshop_.interrupted(interruption, stage)));
        for (const auto& [number, call] :
             part_of(points_that_change(recovery), stride(usual_recovery), GetParam(), parts)) {
            const std::string root = workshop_.interrupted(interruption, stage);
            kill_at_call(workshop_.program(EngineCommand::recover, root), number, call, root, watch);
            count.tried();
            if (HasFailure()) return;
        }
    }

    static void kill_at_call(const std::vector<std::string>& program, int number, const SystemCall& call,
                             const std::string& root, OldThenNew& watch) {
        const Disturbed ended = run_disturbed(program, call, "signal=KILL");
        const std::string point = "killed at " + told(number, call, ended.at);
        ASSERT_EQ(ended.ran.code, killed) << point << ended.ran.err;
        watch.expect_recovered(root, point);
    }

    OutsideWorkshop workshop_;
};

TEST_P(KilledOutside, AnUpdateEndsOldOrNew) {
    SweepCount count("update killed from outside");
    sweep(EngineCommand::update, count);
    EXPECT_GE(count.points(), 350 / parts / stride(usual_stride));
}

TEST_P(KilledOutside, ARollbackEndsNewOrOld) {
    SweepCount count("rollback killed from outside");
    sweep(EngineCommand::rollback, count);
    EXPECT_GE(count.points(), 200 / parts / stride(usual_stride));
}

TEST_P(KilledOutside, ARecoveryIsRecoveredFrom) {
    SweepCount count("recovery killed from outside");
    for (const Interruption& interruption : interruptions()) {
        SCOPED_TRACE("after an interruption at " + interruption.name + " " + interruption.text);
        sweep_recovery(interruption, count);
        if (HasFailure()) return;
    }
    EXPECT_GE(count.points(), 200 / parts / stride(usual_recovery));
}

INSTANTIATE_TEST_SUITE_P(Parts, KilledOutside, ::testing::Range(0, parts));

// What the sweep would miss: a call that nobody has looked at, or one that a child or a thread makes.
TEST(CallsFromOutside, EachIsKnownAndTheEnginesOwn) {
    NEEDS_STRACE();
    OutsideWorkshop workshop;
    for (const EngineCommand command : {EngineCommand::update, EngineCommand::rollback}) {
        for (const SystemCall& call : workshop.calls_of(command))
            EXPECT_TRUE(changes_files(call) || is_known_to_change_nothing(call)) << call.text;
        const auto of_children = system_calls_of_children(workshop.program(command, workshop.fresh(command)));
        EXPECT_EQ(of_children.empty(), command == EngineCommand::rollback) << "only health runs a program";
        for (const SystemCall& call : of_children) {
            EXPECT_TRUE(is_known_to_change_nothing(call)) << call.text;
            EXPECT_LE(call.ordinal, most_calls_of_a_child) << call.text;
        }
    }
}

} // namespace
} // namespace lockstep
