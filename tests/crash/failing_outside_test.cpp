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

constexpr int usual_stride = 12;
constexpr int usual_stride_of_looks = 80;

// What SQLite says of a call that failed: of a page that it could not read, that the file is malformed.
const std::vector<std::string> words_of_sqlite{"disk is full", "disk I/O error", "unable to open",
                                               "readonly",     "malformed",      "out of memory"};

struct Fault {
    const char* name;
    const char* how;   // for strace
    const char* words; // of the system
    Code before_swap;  // the exit code where nothing was begun
    bool looks;        // at calls that only look; else at those that change something
};

void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.name;
}

const std::vector<Fault>& faults() {
    constexpr Code no_room_or_right = Code::no_room_or_right;
    constexpr Code internal_error = Code::internal_error;
    static const std::vector<Fault> all{
        {"NoRoom", "error=ENOSPC", "No space left on device", no_room_or_right, false},
        {"DiskFails", "error=EIO", "Input/output error", internal_error, false},
        {"NoRight", "error=EACCES", "Permission denied", no_room_or_right, false},
        {"Interrupted", "error=EINTR", "Interrupted system call", internal_error, false},
        {"NothingWritten", "retval=0", "disk is full", no_room_or_right, false},
        {"LookFails", "error=EIO", "Input/output error", internal_error, true},
        {"LookNotAllowed", "error=EACCES", "Permission denied", no_room_or_right, true},
        {"LookInterrupted", "error=EINTR", "Interrupted system call", internal_error, true},
        {"NoMemory", "error=ENOMEM", "Cannot allocate memory", internal_error, true},
    };
    return all;
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
        static const std::set<std::string> repeated{"openat", "openat2", "write",   "pwrite64", "fsync",
                                                    "syncfs", "read",    "pread64", "flock",    "statfs"};
        return std::string(GetParam().how) == "error=EINTR" && repeated.contains(call.name);
    }

    static Points chosen(const std::vector<SystemCall>& calls) {
        const bool looks = GetParam().looks;
        return part_of(looks ? points_that_only_look(calls) : points_that_change(calls),
                       stride(looks ? usual_stride_of_looks : usual_stride), 0, 1);
    }

    // Where SQLite can't open a file for writing it tries to read it. Of a journal that is there it says
    // "disk I/O error" when it writes; of a file that isn't it keeps no other cause than that, and the engine
    // takes it for a missing right.
    static bool hides_its_cause(const SystemCall& call) {
        const bool makes_it = call.name == "openat" && call.text.find("O_CREAT") != std::string::npos;
        return makes_it && (call.text.find("-journal\"") != std::string::npos ||
                            call.text.find("/ledger.db\"") != std::string::npos);
    }

    // A look that fails may also say that a file is missing or damaged, or in use.
    static std::set<int> allowed_before_the_swap(const SystemCall& call) {
        if (must_be_repeated(call)) return {0};
        std::set<int> codes{0, static_cast<int>(GetParam().before_swap)};
        if (GetParam().looks) codes.insert({1, 2, 10, 11, 12, 13, 21, 22, 40});
        if (hides_its_cause(call)) codes.insert({1, 12});
        return codes;
    }

    static std::set<int> allowed(int number, const SystemCall& call, const Milestones& milestones) {
        if (number <= milestones.intent) return allowed_before_the_swap(call);
        if (must_be_repeated(call)) return {0};
        std::set<int> codes{0};
        // Between the intent and the gates what fails has to do with either.
        if (number < milestones.gates_on) codes.merge(allowed_before_the_swap(call));
        if (number < milestones.gates_off) codes.insert(30);
        if (number < milestones.gates_off && GetParam().looks) codes.insert(13);
        if (number > milestones.commit) codes.insert(3);
        return codes;
    }

    static bool says_one_of(const std::string& said, const std::vector<std::string>& words) {
        return std::ranges::any_of(words,
                                   [&](const auto& word) { return said.find(word) != std::string::npos; });
    }

    static void expect_message(const Ran& ran, const std::string& root) {
        const std::string said = ran.out + ran.err;
        if (ran.code != 13) {
            EXPECT_TRUE(says_one_of(said, {GetParam().words}) || says_one_of(said, words_of_sqlite)) << said;
        }
        EXPECT_NE(said.find("Could not "), std::string::npos) << said;
        if (!GetParam().looks) {
            EXPECT_TRUE(says_one_of(said, {root, "1.1.0/all.sql line"})) << said;
        }
    }

    void sweep(EngineCommand command, SweepCount& count) {
        const auto calls = workshop_.calls_of(command);
        const Milestones milestones = milestones_in(calls);
        for (const auto& [number, call] : chosen(calls)) {
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

    void sweep_recovery(const Interruption& interruption, SweepCount& count) {
        const SystemCall stage = workshop_.call_of(interruption);
        const Tree& end = interruption.committed ? workshop_.after(interruption.command)
                                                 : workshop_.before(interruption.command);
        const auto calls = system_calls_of(
            workshop_.program(EngineCommand::recover, workshop_.interrupted(interruption, stage)));
        for (const auto& [number, call] : chosen(calls)) {
            if (!applies(call)) continue;
            const std::string root = workshop_.interrupted(interruption, stage);
            const Disturbed failed =
                run_disturbed(workshop_.program(EngineCommand::recover, root), call, GetParam().how);
            SCOPED_TRACE("after " + interruption.text + ", failed at " + told(number, call, failed.at));
            EXPECT_NE(failed.at, "") << "never reached";
            EXPECT_TRUE(allowed_before_the_swap(call).contains(failed.ran.code)) << failed.ran.code << "\n"
                                                                                 << failed.ran.err;
            if (failed.ran.code != 0) expect_message(failed.ran, root);
            OldThenNew watch(workshop_.shop(), end, end);
            watch.expect_recovered(root, "then recovered");
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
    EXPECT_GE(count.points(), 5);
}

TEST_P(FailingOutside, ARecoverySaysSoAndTheNextOneSucceeds) {
    SweepCount count("recovery with a failing call from outside");
    for (const Interruption& interruption : interruptions()) sweep_recovery(interruption, count);
    EXPECT_GE(count.points(), 5);
}

TEST_P(FailingOutside, ARollbackSaysSoAndIsNewOrOld) {
    SweepCount count("rollback with a failing call from outside");
    sweep(EngineCommand::rollback, count);
    EXPECT_GE(count.points(), 5);
}

INSTANTIATE_TEST_SUITE_P(Faults, FailingOutside, ::testing::ValuesIn(faults()),
                         [](const auto& tested) { return std::string(tested.param.name); });

} // namespace
} // namespace lockstep
