// Killed before and after every call that changes a file: recovery gives exactly the old version or exactly
// the new one, and the next update works.
#include "tests/support/old_then_new.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using Reset = std::function<std::string()>; // makes an installation anew; returns its root

// One sweep over a command: `from` and `to` are the trees that it starts from and leads to.
struct Sweep {
    SwapWorkshop& shop;
    EngineCommand command;
    const Tree& from;
    const Tree& to;
    Reset reset;
    bool can_exchange = true;
    std::string arrived_at; // the first point from which recovery went forward: "SIDE NAME PATH"
    int points = 0;

    Ran killed_at(const std::string& root, int number, Side side) const {
        const Arm kill = kill_at(number, side);
        return run_engine(shop.engine(command, root), [&](HookedFiles& files) {
            files.can_exchange = can_exchange;
            kill(files);
        });
    }

    void run() {
        OldThenNew watch(shop, from, to);
        for (int number = 1;; ++number)
            for (const Side side : {Side::before, Side::after}) {
                const std::string root = reset();
                const Ran ran = killed_at(root, number, side);
                if (ran.code != killed) {
                    EXPECT_EQ(ran.code, 0) << ran.err;
                    EXPECT_EQ(differences(to, tree_of(root)), "");
                    return;
                }
                ++points;
                watch.expect_recovered(root,
                                       (side == Side::before ? "before " : "after ") + described(ran, root));
                arrived_at = watch.arrived_at();
                if (::testing::Test::HasFailure()) return;
            }
    }

    static std::string described(const Ran& ran, const std::string& root) {
        const SeamCall call = calls_of(ran).back();
        return call.name + " " + (call.path.starts_with(root) ? call.path.substr(root.size()) : call.path);
    }
};

void print(const Sweep& sweep, const std::string& what) {
    std::cout << what << ": killed at " << sweep.points << " points; forward from " << sweep.arrived_at
              << '\n';
}

int count_of(const std::vector<SeamCall>& calls, const std::string& name, const std::string& path_end) {
    return static_cast<int>(std::ranges::count_if(
        calls, [&](const SeamCall& call) { return call.name == name && call.path.ends_with(path_end); }));
}

TEST(KillSweep, TheSweepPassesGateDatabasesCodeAndBackups) {
    SwapWorkshop shop;
    const Ran whole = run_engine(shop.engine(EngineCommand::update, shop.fresh()), [](HookedFiles&) {});
    ASSERT_EQ(whole.code, 0) << whole.err;
    const auto calls = calls_of(whole);
    EXPECT_EQ(count_of(calls, "exchange", "/field/app"), 2) << "the gate goes on, and off";
    EXPECT_EQ(count_of(calls, "exchange", "/data/register.db"), 1);
    EXPECT_EQ(count_of(calls, "exchange", "/data/log.db"), 1);
    EXPECT_EQ(count_of(calls, "exchange", "/lib/changed.txt"), 1);
    EXPECT_EQ(count_of(calls, "rename", "/lib/added.txt"), 1);
    EXPECT_EQ(count_of(calls, "make_folder", "/new folder"), 1);
    EXPECT_GE(count_of(calls, "sync_folder", "/data"), 1);
    EXPECT_EQ(count_of(calls, "rename", "/.lockstep/backups/1"), 1);
    EXPECT_EQ(count_of(calls, "replace", "/.lockstep/trust/trust.json"), 1);
}

TEST(KillSweep, AnUpdateKilledAnywhereEndsOldOrNew) {
    SwapWorkshop shop;
    Sweep sweep{
        shop, EngineCommand::update, shop.old_tree(), shop.new_tree(), [&] { return shop.fresh(); }, true, {},
        0};
    sweep.run();
    print(sweep, "update");
    EXPECT_EQ(sweep.arrived_at, "before exchange /app")
        << "forward from the commit on, not from anywhere else";
    EXPECT_GE(sweep.points, 100);
}

TEST(KillSweep, ARollbackKilledAnywhereEndsNewOrOld) {
    SwapWorkshop shop;
    Sweep sweep{shop,
                EngineCommand::rollback,
                shop.new_tree(),
                shop.old_tree(),
                [&] { return shop.updated(); },
                true,
                {},
                0};
    sweep.run();
    print(sweep, "rollback");
    EXPECT_EQ(sweep.arrived_at, "before exchange /app");
    EXPECT_GE(sweep.points, 100);
}

TEST(KillSweep, WithoutExchangeAnUpdateKilledAnywhereEndsOldOrNew) {
    SwapWorkshop shop;
    Sweep sweep{shop,
                EngineCommand::update,
                shop.old_tree(),
                shop.new_tree(),
                [&] { return shop.fresh(); },
                false,
                {},
                0};
    sweep.run();
    print(sweep, "update without exchange");
    EXPECT_TRUE(sweep.arrived_at.starts_with("before rename ")) << sweep.arrived_at;
    EXPECT_GE(sweep.points, 100);
}

TEST(KillSweep, WithoutExchangeARollbackKilledAnywhereEndsNewOrOld) {
    SwapWorkshop shop;
    Sweep sweep{shop,
                EngineCommand::rollback,
                shop.new_tree(),
                shop.old_tree(),
                [&] { return shop.updated(); },
                false,
                {},
                0};
    sweep.run();
    print(sweep, "rollback without exchange");
    EXPECT_TRUE(sweep.arrived_at.starts_with("before rename ")) << sweep.arrived_at;
    EXPECT_GE(sweep.points, 100);
}

// An update killed at one of these, then its recovery killed at every call of its own.
TEST(KillSweep, ARecoveryKilledAnywhereIsRecoveredFrom) {
    SwapWorkshop shop;
    const Ran whole = run_engine(shop.engine(EngineCommand::update, shop.fresh()), [](HookedFiles&) {});
    const auto calls = calls_of(whole);
    int points = 0;
    for (const std::string wanted :
         {"exchange /data/log.db", "rename /lib/added.txt", "rename /.lockstep/backups/1"}) {
        const auto found = std::ranges::find_if(calls, [&](const SeamCall& call) {
            return (call.name + " " + call.path).ends_with(wanted.substr(wanted.find('/'))) &&
                   wanted.starts_with(call.name);
        });
        ASSERT_NE(found, calls.end()) << wanted;
        const bool committed = wanted.find("backups") != std::string::npos;
        const auto interrupted = [&] {
            const std::string root = shop.fresh();
            run_engine(shop.engine(EngineCommand::update, root), kill_at(found->number, Side::after));
            return root;
        };
        const Tree& end = committed ? shop.new_tree() : shop.old_tree();
        Sweep sweep{shop, EngineCommand::recover, end, end, interrupted, true, {}, 0};
        sweep.run();
        EXPECT_GE(sweep.points, 10) << wanted;
        points += sweep.points;
    }
    std::cout << "recovery: killed at " << points << " points\n";
}

TEST(KillSweep, RecoveryWithNothingToDoChangesNothing) {
    SwapWorkshop shop;
    for (const std::string& root : {shop.fresh(), shop.updated()}) {
        const Tree before = tree_of(root, true);
        const Ran recovered = shop.recover(root);
        EXPECT_EQ(recovered.code, 0) << recovered.err;
        EXPECT_NE(recovered.out.find("There was nothing to recover."), std::string::npos) << recovered.out;
        EXPECT_EQ(differences(before, tree_of(root, true)), "");
        const Ran watched = run_engine(shop.engine(EngineCommand::recover, root), [](HookedFiles&) {});
        EXPECT_EQ(watched.out, "") << "no call that changes anything";
    }
}

} // namespace
} // namespace lockstep
