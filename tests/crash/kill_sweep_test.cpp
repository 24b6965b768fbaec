// Killed before and after every call that changes a file: recovery gives exactly the old version or exactly
// the new one, and the next update works.
#include "tests/support/journey.h"
#include "tests/support/old_then_new.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using Reset = std::function<std::string()>; // makes an installation anew; returns its root

// One sweep over a command: `from` and `to` are the trees that it starts from and leads to.
struct Sweep {
    SweepCount& count;
    SwapWorkshop& shop;
    EngineCommand command;
    const Tree& from;
    const Tree& to;
    Reset reset;
    bool can_exchange = true;
    std::string arrived_at = {}; // the first point from which recovery went forward: "SIDE NAME PATH"

    Ran killed_at(const std::string& root, int number, Side side) const {
        const Arm kill = kill_at(number, side);
        return run_engine(shop.engine(command, root), [&](HookedFiles& files) {
            if (!can_exchange) without_flags(files);
            kill(files);
        });
    }

    // With neither flag of renameat2, by whatever is run there.
    static void without_flags(HookedFiles& files) {
        files.can_exchange = false;
        files.renames_by_link = true;
    }

    OldThenNew watcher() const {
        if (can_exchange) return {shop, from, to};
        SwapWorkshop& there = shop;
        return {shop, from, to, [&there](EngineCommand what, const std::string& root) {
                    return run_engine(there.engine(what, root), &Sweep::without_flags);
                }};
    }

    void run() {
        OldThenNew watch = watcher();
        for (int number = 1;; ++number)
            for (const Side side : {Side::before, Side::after}) {
                const std::string root = reset();
                const Ran ran = killed_at(root, number, side);
                if (ran.code != killed) {
                    EXPECT_EQ(ran.code, 0) << ran.err;
                    EXPECT_EQ(differences(to, tree_of(root)), "");
                    return;
                }
                count.tried();
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

// Recovery goes forward from the commit on, not from anywhere else.
void expect_a_whole_sweep(SweepCount& count, SwapWorkshop& shop, EngineCommand command, bool can_exchange) {
    const bool updates = command == EngineCommand::update;
    const Tree& from = updates ? shop.old_tree() : shop.new_tree();
    const Tree& to = updates ? shop.new_tree() : shop.old_tree();
    Sweep sweep{count,       shop, command, from, to, [&] { return updates ? shop.fresh() : shop.updated(); },
                can_exchange};
    sweep.run();
    if (can_exchange) {
        EXPECT_EQ(sweep.arrived_at, "before exchange /app");
    } else {
        EXPECT_TRUE(sweep.arrived_at.starts_with("before link ")) << sweep.arrived_at;
    }
    EXPECT_GE(count.points(), 100);
}

TEST(KillSweep, AnUpdateKilledAnywhereEndsOldOrNew) {
    SwapWorkshop shop;
    SweepCount count("update killed");
    expect_a_whole_sweep(count, shop, EngineCommand::update, true);
}

TEST(KillSweep, ARollbackKilledAnywhereEndsNewOrOld) {
    SwapWorkshop shop;
    SweepCount count("rollback killed");
    expect_a_whole_sweep(count, shop, EngineCommand::rollback, true);
}

TEST(KillSweep, WithoutExchangeAnUpdateKilledAnywhereEndsOldOrNew) {
    SwapWorkshop shop;
    SweepCount count("update killed, without exchange");
    expect_a_whole_sweep(count, shop, EngineCommand::update, false);
}

TEST(KillSweep, WithoutExchangeARollbackKilledAnywhereEndsNewOrOld) {
    SwapWorkshop shop;
    SweepCount count("rollback killed, without exchange");
    expect_a_whole_sweep(count, shop, EngineCommand::rollback, false);
}

// An update killed at one of these, then its recovery killed at every call of its own.
TEST(KillSweep, ARecoveryKilledAnywhereIsRecoveredFrom) {
    SwapWorkshop shop;
    const Ran whole = run_engine(shop.engine(EngineCommand::update, shop.fresh()), [](HookedFiles&) {});
    const auto calls = calls_of(whole);
    SweepCount count("recovery killed");
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
        const int earlier = count.points();
        Sweep sweep{count, shop, EngineCommand::recover, end, end, interrupted};
        sweep.run();
        EXPECT_GE(count.points() - earlier, 10) << wanted;
    }
}

// One database comes and another goes, in a release that makes a folder for the one.
class ComeAndGoSweep : public ::testing::TestWithParam<bool> {
  protected:
    SwapWorkshop shop_{"DELETE", {}, false, LogDatabase::goes};
};

TEST_P(ComeAndGoSweep, AnUpdateKilledAnywhereEndsOldOrNew) {
    SweepCount count("update killed, with databases that come and go");
    expect_a_whole_sweep(count, shop_, EngineCommand::update, GetParam());
}

TEST_P(ComeAndGoSweep, ARollbackKilledAnywhereEndsNewOrOld) {
    SweepCount count("rollback killed, with databases that come and go");
    expect_a_whole_sweep(count, shop_, EngineCommand::rollback, GetParam());
}

INSTANTIATE_TEST_SUITE_P(KillSweep, ComeAndGoSweep, ::testing::Bool(), [](const auto& exchange) {
    return exchange.param ? "WithExchange" : "WithoutExchange";
});

// What was written to a new database in the gap before the commit decides as any other's does.
TEST(ComeAndGoDecision, AWriteIntoTheNewDatabaseGoesForward) {
    SwapWorkshop shop("DELETE", {}, false, LogDatabase::goes);
    const auto calls =
        calls_of(run_engine(shop.engine(EngineCommand::update, shop.fresh()), [](HookedFiles&) {}));
    const auto off = std::find_if(calls.rbegin(), calls.rend(), [](const SeamCall& call) {
        return call.name == "exchange" && call.path.ends_with("/app");
    });
    ASSERT_NE(off, calls.rend());
    const std::string root = shop.fresh();
    run_engine(shop.engine(EngineCommand::update, root), kill_at(off->number - 1, Side::after));
    sqlite(root + "/history/audit.db", "INSERT INTO event(said) VALUES('in the gap')");
    const Ran recovered = shop.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_EQ(sqlite(root + "/history/audit.db", "SELECT said FROM event"), "made\nin the gap\n");
    EXPECT_FALSE(std::filesystem::exists(root + "/data/log.db"));
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

// The one that goes was written to where it waits, and the new one was too: nobody can have both.
TEST(ComeAndGoDecision, WritesIntoTheOldAndTheNewNeedAPerson) {
    SwapWorkshop shop("DELETE", {}, false, LogDatabase::goes);
    const int number = number_of_call(shop, "rename", "/lib/added.txt");
    const std::string root = shop.fresh();
    run_engine(shop.engine(EngineCommand::update, root), kill_at(number, Side::after));
    sqlite(root + "/.lockstep/work/1/slots/log.db", "INSERT INTO entry(text) VALUES('late')");
    sqlite(root + "/history/audit.db", "INSERT INTO event(said) VALUES('in the gap')");
    const Tree before = tree_of(root, true);
    const Ran recovered = shop.recover(root);
    EXPECT_EQ(recovered.code, 50) << recovered.err;
    EXPECT_NE(recovered.err.find("other programs wrote to both"), std::string::npos) << recovered.err;
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
}

TEST(ComeAndGoDecision, AWriteIntoTheOneThatGoesIsKeptByGoingBack) {
    SwapWorkshop shop("DELETE", {}, false, LogDatabase::goes);
    const int number = number_of_call(shop, "rename", "/lib/added.txt");
    const std::string root = shop.fresh();
    run_engine(shop.engine(EngineCommand::update, root), kill_at(number, Side::after));
    sqlite(root + "/.lockstep/work/1/slots/log.db", "INSERT INTO entry(text) VALUES('late')");
    const Ran recovered = shop.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_EQ(sqlite(root + "/data/log.db", "SELECT text FROM entry WHERE id = 3"), "late\n");
    EXPECT_EQ(differences(shop.old_tree(), tree_of(root)), "data/log.db differs\n");
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
