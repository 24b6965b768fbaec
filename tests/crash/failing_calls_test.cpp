// Each call that changes a file fails, once or from then on, with a full disk's error or a failing disk's:
// the exit code says so, the installation is old or new, and recovery tidies.
#include "tests/support/engine.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace lockstep {
namespace {

struct Failure {
    Code code;
    std::string cause;
    bool lasting; // every later call fails as well
};

Arm fail_at(int number, const Failure& failure) {
    return [=](HookedFiles& files) {
        files.before = [=](const SeamCall& call) {
            if (call.number == number || (failure.lasting && call.number > number))
                throw Error(failure.code, call.name, call.path, failure.cause);
        };
    };
}

std::set<int> allowed(EngineCommand command, const Failure& failure) {
    std::set<int> codes{0, static_cast<int>(failure.code), 3, 30};
    if (failure.lasting || command == EngineCommand::recover) codes.insert(50); // the undo fails too
    return codes;
}

void check(SwapWorkshop& shop, const std::string& root, const Ran& ran, const Failure& failure) {
    EXPECT_TRUE(allowed(EngineCommand::update, failure).contains(ran.code)) << ran.code << "\n" << ran.err;
    const bool new_now = ran.code == 0 || ran.code == 3;
    if (!new_now) {
        EXPECT_NE(ran.err.find(failure.cause), std::string::npos) << ran.err;
    }
    if (ran.code != 50 && ran.code != 3) {
        EXPECT_EQ(differences(new_now ? shop.new_tree() : shop.old_tree(), tree_of(root)), "") << ran.code;
    }
    const Ran recovered = shop.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_EQ(differences(new_now ? shop.new_tree() : shop.old_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

void sweep(const Failure& failure) {
    SwapWorkshop shop;
    std::map<int, int> codes;
    int number = 1;
    for (; !::testing::Test::HasFailure(); ++number) {
        const std::string root = shop.fresh();
        const Ran ran = run_engine(shop.engine(EngineCommand::update, root), fail_at(number, failure));
        const auto calls = calls_of(ran);
        if (calls.empty() || calls.back().number < number) break;
        ++codes[ran.code];
        SCOPED_TRACE("failed at " + std::to_string(number) + ": " +
                     calls[static_cast<std::size_t>(number) - 1].name + " " +
                     calls[static_cast<std::size_t>(number) - 1].path);
        check(shop, root, ran, failure);
    }
    std::cout << failure.cause << (failure.lasting ? ", lasting" : ", once") << ": " << number - 1
              << " points;";
    for (const auto& [code, count] : codes) std::cout << " exit " << code << ": " << count;
    std::cout << '\n';
    EXPECT_GE(number, 100);
    EXPECT_TRUE(codes.contains(static_cast<int>(failure.code)));
    EXPECT_TRUE(codes.contains(failure.lasting ? 50 : 30)) << "no call of the swap failed";
    EXPECT_TRUE(codes.contains(3)) << "no call after the commit failed";
}

// One error in the swap, and one more in what follows from it: recovery looks at the disk once more before a
// person is asked for.
TEST(FailingCalls, AnErrorInTheSwapAndOneInItsUndo) {
    SwapWorkshop shop;
    SweepCount count("errors in a swap and in its undo");
    const auto whole =
        calls_of(run_engine(shop.engine(EngineCommand::update, shop.fresh()), [](HookedFiles&) {}));
    const auto swapped = std::ranges::find_if(whole, [](const SeamCall& call) {
        return call.name == "sync_folder" && call.path.ends_with("/lib");
    });
    ASSERT_NE(swapped, whole.end());
    for (int later = 1; !::testing::Test::HasFailure(); ++later) {
        const std::string root = shop.fresh();
        const Ran ran = run_engine(shop.engine(EngineCommand::update, root), [&](HookedFiles& files) {
            files.before = [&](const SeamCall& call) {
                if (call.number == swapped->number || call.number == swapped->number + later)
                    throw Error(Code::internal_error, call.name, call.path, "Input/output error");
            };
        });
        if (calls_of(ran).back().number < swapped->number + later) break;
        SCOPED_TRACE("the second one " + std::to_string(later) + " calls later");
        EXPECT_EQ(ran.code, 30) << ran.err;
        EXPECT_EQ(differences(shop.old_tree(), tree_of(root)), "");
        EXPECT_EQ(shop.recover(root).code, 0);
        EXPECT_EQ(SwapWorkshop::leftovers(root), "");
        count.tried();
    }
    EXPECT_GE(count.points(), 15);
}

TEST(FailingCalls, AFullDiskOnce) {
    sweep({Code::no_room_or_right, "No space left on device", false});
}
TEST(FailingCalls, AFullDiskThatStaysFull) {
    sweep({Code::no_room_or_right, "No space left on device", true});
}
TEST(FailingCalls, AFailingDiskOnce) {
    sweep({Code::internal_error, "Input/output error", false});
}
TEST(FailingCalls, ADiskThatFailsFromThenOn) {
    sweep({Code::internal_error, "Input/output error", true});
}

} // namespace
} // namespace lockstep
