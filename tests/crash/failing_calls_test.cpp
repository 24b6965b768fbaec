// Each call of the seam fails, those that change files and those that only look: once or from then on, with a
// full disk's error, a missing right's, a failing disk's, want of memory, or halfway through a write. The
// exit code says so, the installation is old or new, and recovery tidies.
#include "tests/support/journey.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <new>
#include <set>
#include <unistd.h>

namespace lockstep {
namespace {

enum class Calls { changing, looking };

struct Failure {
    const char* name;
    Code code;
    const char* cause;
    bool lasting; // every later call fails as well
    enum { error, bad_alloc, torn_write } kind = error;
};

const Failure failures[] = {
    {"FullDiskOnce", Code::no_room_or_right, "No space left on device", false},
    {"FullDiskFromThenOn", Code::no_room_or_right, "No space left on device", true},
    {"NoRightOnce", Code::no_room_or_right, "Permission denied", false},
    {"NoRightFromThenOn", Code::no_room_or_right, "Permission denied", true},
    {"FailingDiskOnce", Code::internal_error, "Input/output error", false},
    {"FailingDiskFromThenOn", Code::internal_error, "Input/output error", true},
    {"NoMemoryOnce", Code::internal_error, "std::bad_alloc", false, Failure::bad_alloc},
    {"HalfAWrite", Code::no_room_or_right, "No space left on device", false, Failure::torn_write},
};

[[noreturn]] void fail(const Failure& failure, const SeamCall& call) {
    if (failure.kind == Failure::bad_alloc) throw std::bad_alloc();
    throw Error(failure.code, call.name, call.path, failure.cause);
}

constexpr int usual_stride = 11;

// Says "reached NAME PATH" on stdout.
Arm fail_at(Calls calls, int number, const Failure& failure) {
    return [=](HookedFiles& files) {
        (calls == Calls::changing ? files.before : files.looking) = [=](const SeamCall& call) {
            const std::string line = "reached " + call.name + " " + call.path + "\n";
            if (call.number == number) static_cast<void>(!::write(1, line.data(), line.size()));
            if (failure.kind == Failure::torn_write) return;
            if (call.number == number || (failure.lasting && call.number > number)) fail(failure, call);
        };
        if (failure.kind == Failure::torn_write) files.torn_write = number;
    };
}

std::string reached_by(const Ran& ran) {
    const std::size_t place = ran.out.find("reached ");
    return place == std::string::npos ? std::string()
                                      : ran.out.substr(place, ran.out.find('\n', place) - place);
}

using Part = std::tuple<Course, Calls>;
class FailingCalls : public ::testing::TestWithParam<Part> {
  protected:
    FailingCalls() : calls_(std::get<1>(GetParam())), journey_(journey_on(std::get<0>(GetParam()), shop_)) {}

    // Fails at every call, up to the first that leaves something unsound. Returns the exit codes.
    std::map<int, int> sweep(const Failure& failure, SweepCount& count) {
        std::map<int, int> codes;
        for (int number = 1; !HasFailure(); number += stride(usual_stride)) {
            const std::string root = journey_.start();
            const Ran ran =
                run_engine(shop_.engine(journey_.command, root), fail_at(calls_, number, failure));
            const std::string reached = reached_by(ran);
            if (reached.empty()) break;
            count.tried(), ++codes[ran.code];
            SCOPED_TRACE(std::string(failure.name) + " at " + std::to_string(number) + ": " + reached +
                         ": exit " + std::to_string(ran.code) + "\n" + ran.err);
            check(failure, root, ran);
        }
        std::cout << failure.name << ":";
        for (const auto& [code, times] : codes) std::cout << " exit " << code << ": " << times;
        std::cout << '\n';
        return codes;
    }

    void check(const Failure& failure, const std::string& root, const Ran& ran) {
        EXPECT_TRUE(allowed(failure).contains(ran.code));
        if (arrival_of(ran) == Arrival::back) {
            EXPECT_NE(ran.err.find(failure.cause), std::string::npos);
        }
        expect_sound(shop_, journey_, root, ran);
    }

    // A recovery that failed needs a person until one succeeds; so does an undo that failed.
    std::set<int> allowed(const Failure& failure) const {
        std::set<int> codes{0, 3, static_cast<int>(failure.code)};
        const bool recovery = journey_.command == EngineCommand::recover;
        if (!recovery) codes.insert(30);
        if (recovery || failure.lasting) codes.insert(50);
        return codes;
    }

    SwapWorkshop shop_;
    Calls calls_;
    Journey journey_;
};

// A look doesn't need room, and writes nothing.
bool can_fail_so(Calls calls, const Failure& failure) {
    return calls == Calls::changing ||
           (failure.kind != Failure::torn_write && std::string(failure.cause) != "No space left on device");
}

TEST_P(FailingCalls, LeaveOldOrNew) {
    SweepCount count(calls_ == Calls::changing ? "calls of the seam failing" : "looks of the seam failing");
    for (const Failure& failure : failures) {
        if (!can_fail_so(calls_, failure)) continue;
        const std::map<int, int> codes = sweep(failure, count);
        if (failure.kind == Failure::torn_write) continue;
        EXPECT_TRUE(codes.contains(static_cast<int>(failure.code)) || codes.contains(50)) << failure.name;
        if (journey_.command == EngineCommand::recover || !every_point()) continue;
        EXPECT_TRUE(codes.contains(failure.lasting ? 50 : 30))
            << failure.name << ": no call of the swap failed";
        EXPECT_TRUE(codes.contains(3)) << failure.name << ": no call after the commit failed";
    }
    EXPECT_GE(count.points() * stride(usual_stride), journey_.command == EngineCommand::recover ? 100 : 600);
}

INSTANTIATE_TEST_SUITE_P(In, FailingCalls,
                         ::testing::Combine(::testing::ValuesIn(every_course),
                                            ::testing::Values(Calls::changing, Calls::looking)),
                         [](const auto& part) {
                             return std::string(name_of(std::get<0>(part.param))) +
                                    (std::get<1>(part.param) == Calls::looking ? "Looking" : "");
                         });

} // namespace
} // namespace lockstep
