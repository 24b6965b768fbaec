// The executable that is shipped, killed at every system call that changes a file, writes it to the disk, or
// makes one: recovery gives exactly the old version or exactly the new one, and the next update works. A kill
// at a call comes before the call is made; one after it is the kill at the next.
#include "tests/support/old_then_new.h"
#include "tests/support/sweep.h"
#include "tests/support/system_calls.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr int parts = 4; // tests that run side by side, each with every fourth point

// A preview is made of the whole tree, and a program of the new version runs in it.
constexpr const char* health = "health = { argv = [\"{root}/app\", \"0\"] }\n";

using Points = std::vector<std::pair<int, SystemCall>>; // with their numbers

Points points_of(const std::vector<SystemCall>& calls, int part, int usual_stride) {
    Points points;
    int number = 0;
    const int step = stride(usual_stride);
    for (const SystemCall& call : calls) {
        if (!changes_files(call)) continue;
        ++number;
        if (number % step == 0 && number / step % parts == part) points.emplace_back(number, call);
    }
    return points;
}

// The number of the call that decides: with the beginning of its journal overwritten by zeros, SQLite's
// transaction has happened. It is the last such write before the gate goes off.
int commit_in(const std::vector<SystemCall>& calls) {
    int number = 0;
    int written = 0;
    int commit = 0;
    for (const SystemCall& call : calls) {
        if (!changes_files(call)) continue;
        ++number;
        if (call.name == "pwrite64" && call.text.find("/ledger.db-journal>") != std::string::npos)
            written = number;
        if (call.name == "renameat2" && call.text.find("/field/app\"") != std::string::npos) commit = written;
    }
    return commit;
}

std::string told(int number, const SystemCall& call, const std::string& at) {
    return "killed at " + std::to_string(number) + ", " + call.name + " number " +
           std::to_string(call.ordinal) + ": " + at;
}

class KilledOutside : public ::testing::TestWithParam<int> {
  protected:
    void SetUp() override { NEEDS_STRACE(); }

    std::string fresh(EngineCommand command) {
        return command == EngineCommand::rollback ? shop_.updated() : shop_.fresh();
    }
    const Tree& from(EngineCommand command) const {
        return command == EngineCommand::rollback ? shop_.new_tree() : shop_.old_tree();
    }
    const Tree& to(EngineCommand command) const {
        return command == EngineCommand::rollback ? shop_.old_tree() : shop_.new_tree();
    }
    std::vector<SystemCall> calls_of_command(EngineCommand command) {
        return system_calls_of(shop_.program(command, fresh(command)));
    }

    void sweep(EngineCommand command, SweepCount& count) {
        OldThenNew watch(shop_, from(command), to(command));
        const std::vector<SystemCall> calls = calls_of_command(command);
        const int commit = commit_in(calls);
        for (const auto& [number, call] : points_of(calls, GetParam(), 3)) {
            const std::string root = fresh(command);
            const Disturbed killed_run = run_disturbed(shop_.program(command, root), call, "signal=KILL");
            ASSERT_EQ(killed_run.ran.code, killed) << told(number, call, killed_run.at) << killed_run.ran.err;
            watch.expect_recovered(root, told(number, call, killed_run.at));
            EXPECT_EQ(watch.arrived_at().empty(), number <= commit) << "forward from the commit on";
            count.tried();
            if (HasFailure()) return;
        }
        EXPECT_NE(watch.arrived_at(), "") << "no point after the commit";
    }

    SwapWorkshop shop_{"DELETE", health};
};

TEST_P(KilledOutside, AnUpdateEndsOldOrNew) {
    SweepCount count("update killed from outside");
    sweep(EngineCommand::update, count);
    EXPECT_GE(count.points(), 350 / parts / stride(3));
}

TEST_P(KilledOutside, ARollbackEndsNewOrOld) {
    SweepCount count("rollback killed from outside");
    sweep(EngineCommand::rollback, count);
    EXPECT_GE(count.points(), 200 / parts / stride(3));
}

INSTANTIATE_TEST_SUITE_P(Parts, KilledOutside, ::testing::Range(0, parts));

} // namespace
} // namespace lockstep
