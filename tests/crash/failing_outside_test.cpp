// Each system call of the shipped executable that changes a file fails once, with a full disk's error, a
// failing disk's, a missing right's, a signal's, or by writing nothing: the exit code says so, the message
// names what failed and why, the installation is old or new, and recovery and the next update work.
#include "tests/support/old_then_new.h"
#include "tests/support/sweep_outside.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace lockstep {
namespace {

constexpr int usual_stride = 10;

struct Fault {
    const char* name;
    const char* how;                // for strace
    std::vector<std::string> words; // of the system or of SQLite; one of them is shown
    Code before_swap;               // the exit code where nothing was begun
};

const std::vector<Fault>& faults() {
    static const std::vector<Fault> all{
        {"NoRoom",
         "error=ENOSPC",
         {"No space left on device", "disk is full", "disk I/O error"},
         Code::no_room_or_right},
        {"DiskFails",
         "error=EIO",
         {"Input/output error", "disk I/O error", "unable to open"},
         Code::internal_error},
        {"NoRight",
         "error=EACCES",
         {"Permission denied", "unable to open", "disk I/O error", "readonly"},
         Code::no_room_or_right},
        {"Interrupted", "error=EINTR", {"Interrupted system call", "disk I/O error"}, Code::internal_error},
        {"NothingWritten", "retval=0", {"disk is full"}, Code::no_room_or_right},
    };
    return all;
}

// Where the swap begins and where it is decided, by the numbers of the calls.
struct Milestones {
    int intent = 0; // the last call before the gates
    int commit = 0; // the last one of the ledger's write that decides
};

Milestones milestones_in(const Points& points) {
    Milestones milestones;
    int gates = 0;
    for (const auto& [number, call] : points)
        if (call.name == "renameat2" && call.text.find("/field/app\"") != std::string::npos)
            (gates++ == 0 ? milestones.intent : milestones.commit) = number - 1;
    return milestones;
}

class FailingOutside : public ::testing::TestWithParam<Fault> {
  protected:
    void SetUp() override { NEEDS_STRACE(); }

    static bool applies(const SystemCall& call) {
        return std::string(GetParam().name) != "NothingWritten" || call.name == "write" ||
               call.name == "pwrite64";
    }
    // By the manual, a signal can interrupt these; SQLite repeats all but the syncs, the engine these too.
    static bool must_be_repeated(const SystemCall& call) {
        static const std::set<std::string> repeated{"openat", "write",  "pwrite64",
                                                    "fsync",  "syncfs", "ftruncate"};
        return std::string(GetParam().name) == "Interrupted" && repeated.contains(call.name);
    }

    static std::set<int> allowed(int number, const SystemCall& call, const Milestones& milestones) {
        if (must_be_repeated(call)) return {0};
        const int before = static_cast<int>(GetParam().before_swap);
        if (number <= milestones.intent) return {0, before};
        if (number <= milestones.commit) return {0, 3, 30};
        return {0, 3};
    }

    static void expect_message(const Ran& ran, const std::string& root) {
        const std::string said = ran.out + ran.err;
        const auto& words = GetParam().words;
        EXPECT_TRUE(std::ranges::any_of(words, [&](const auto& word) {
            return said.find(word) != std::string::npos;
        })) << said;
        EXPECT_NE(said.find("Could not "), std::string::npos) << said;
        EXPECT_NE(said.find(root), std::string::npos) << said;
    }

    void sweep(EngineCommand command, SweepCount& count) {
        const Points points = points_that_change(workshop_.calls_of(command));
        const Milestones milestones = milestones_in(points);
        for (const auto& [number, call] : part_of(points, stride(usual_stride), 0, 1)) {
            if (!applies(call)) continue;
            const std::string root = workshop_.fresh(command);
            const Disturbed failed = run_disturbed(workshop_.program(command, root), call, GetParam().how);
            SCOPED_TRACE("failed at " + told(number, call, failed.at));
            EXPECT_NE(failed.at, "") << "never reached";
            EXPECT_TRUE(allowed(number, call, milestones).contains(failed.ran.code))
                << failed.ran.code << "\n"
                << failed.ran.err;
            check(command, root, failed.ran);
            count.tried();
            ++codes_[failed.ran.code];
        }
    }

    void check(EngineCommand command, const std::string& root, const Ran& ran) {
        const bool arrived = ran.code == 0 || ran.code == 3;
        const Tree& end = arrived ? workshop_.after(command) : workshop_.before(command);
        if (ran.code != 0) expect_message(ran, root);
        if (ran.code != 3 && ran.code != 50) {
            EXPECT_EQ(differences(end, tree_of(root)), "");
        }
        OldThenNew watch(workshop_.shop(), end, end);
        watch.expect_recovered(root, "then recovered");
    }

    void TearDown() override {
        std::cout << "exit codes:";
        for (const auto& [code, times] : codes_) std::cout << ' ' << code << " (" << times << ')';
        std::cout << '\n';
    }

    OutsideWorkshop workshop_;
    std::map<int, int> codes_;
};

TEST_P(FailingOutside, AnUpdateSaysSoAndIsOldOrNew) {
    SweepCount count("update with a failing call from outside");
    sweep(EngineCommand::update, count);
    EXPECT_GE(count.points(), 150 / stride(usual_stride));
}

TEST_P(FailingOutside, ARollbackSaysSoAndIsNewOrOld) {
    SweepCount count("rollback with a failing call from outside");
    sweep(EngineCommand::rollback, count);
    EXPECT_GE(count.points(), 100 / stride(usual_stride));
}

INSTANTIATE_TEST_SUITE_P(Faults, FailingOutside, ::testing::ValuesIn(faults()),
                         [](const auto& tested) { return std::string(tested.param.name); });

} // namespace
} // namespace lockstep
