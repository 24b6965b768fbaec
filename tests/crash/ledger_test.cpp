// The ledger's own writing, cut off or failing at every call: what decides is what the ledger says when it is
// read again.
#include "tests/support/engine.h"
#include "tests/support/hooked_sqlite.h"
#include "tests/support/sweep.h"

#include <gtest/gtest.h>
#include <map>
#include <sqlite3.h>
#include <unistd.h>

namespace lockstep {
namespace {

enum class Attack {
    kill,            // before the call
    fail,            // once, without the call being made
    fail_after_done, // once, though it was made: a COMMIT that says "disk I/O error" and has happened
    fail_for_good,   // from then on
};

bool is_ledger(const std::string& path) {
    return path.find("/.lockstep/ledger.db") != std::string::npos;
}

// The number counts calls on the ledger and its journal alone. Each is told on stdout.
Arm attack_ledger(Attack attack, int number) {
    return [=](HookedFiles&) {
        const auto count = std::make_shared<int>(0);
        const auto hit = [=] {
            return attack == Attack::fail_for_good ? *count >= number : *count == number;
        };
        const auto before = [=](const SeamCall& call) {
            if (!changes_file(call) || !is_ledger(call.path)) return SQLITE_OK;
            const std::string line =
                std::to_string(++*count) + " ledger-" + call.name + " " + call.path + "\n";
            static_cast<void>(!::write(1, line.data(), line.size()));
            if (!hit() || attack == Attack::fail_after_done) return SQLITE_OK;
            if (attack == Attack::kill) ::_exit(killed);
            return SQLITE_IOERR_WRITE;
        };
        const auto after = [=](const SeamCall& call) {
            return changes_file(call) && is_ledger(call.path) && hit() && attack == Attack::fail_after_done
                       ? SQLITE_IOERR_FSYNC
                       : SQLITE_OK;
        };
        hook_sqlite(before, after);
    };
}

struct Sweep {
    SwapWorkshop shop;
    std::map<int, int> codes;

    void run(Attack attack, SweepCount count) {
        for (int number = 1; !::testing::Test::HasFailure(); ++number) {
            const std::string root = shop.fresh();
            const Ran ran =
                run_engine(shop.engine(EngineCommand::update, root), attack_ledger(attack, number));
            if (ran.out.find("\n" + std::to_string(number) + " ledger-") == std::string::npos && number > 1)
                break;
            SCOPED_TRACE("at call " + std::to_string(number) + " of the ledger: exit " +
                         std::to_string(ran.code) + "\n" + ran.err);
            count.tried(), ++codes[ran.code];
            check(root, ran.code, attack);
        }
        for (const auto& [code, times] : codes) std::cout << "exit " << code << ": " << times << '\n';
        EXPECT_GE(count.points(), 30);
    }

    void check(const std::string& root, int code, Attack attack) {
        const Tree stopped = tree_of(root);
        const bool as_it_was = code == 1 || code == 12 || code == 30;
        if (code == 0 || as_it_was) {
            EXPECT_EQ(differences(as_it_was ? shop.old_tree() : shop.new_tree(), stopped), "");
        }
        const bool undecided = code == killed || (code == 50 && attack == Attack::fail_for_good);
        EXPECT_TRUE(undecided || code == 0 || code == 3 || code == 1 || code == 12 || code == 30);
        const Ran recovered = shop.recover(root);
        ASSERT_EQ(recovered.code, 0) << recovered.err;
        const Tree now = tree_of(root);
        const bool is_new = undecided ? now == shop.new_tree() : !as_it_was;
        EXPECT_EQ(differences(is_new ? shop.new_tree() : shop.old_tree(), now), "");
        EXPECT_EQ(SwapWorkshop::leftovers(root), "");
        const Ran next = shop.apply(root);
        EXPECT_EQ(next.code, 0) << next.err;
    }
};

// The last call of the commit: the sync of what makes it happen. Not made, the outcome can be read, and is
// gone after a power cut.
int last_sync_of_the_commit(SwapWorkshop& shop) {
    const Ran whole =
        run_engine(shop.engine(EngineCommand::update, shop.fresh()), attack_ledger(Attack::kill, -1));
    int number = 0, last = 0;
    for (const SeamCall& call : calls_of(whole)) {
        if (call.name == "ledger-sync") number = call.number;
        if (call.name == "exchange" && call.path.ends_with("/app")) last = number;
    }
    return last;
}

// Whether the ledger was written to the disk between its call `number` (0: the first) and the gate's leaving.
bool written_before_the_gate_leaves(const Ran& ran, int number) {
    bool reached = number == 0, database = false, journal = false;
    for (const SeamCall& call : calls_of(ran)) {
        const bool synced = reached && call.name == "ledger-sync";
        database = database || (synced && call.path.ends_with("ledger.db"));
        journal = journal || (synced && database && call.path.ends_with("-journal"));
        if (reached && call.name == "exchange" && call.path.ends_with("/app")) return journal;
        reached = reached || (call.name.starts_with("ledger-") && call.number == number);
    }
    return false;
}

TEST(LedgerUnderAttack, AnOutcomeThatWasNotSyncedIsWrittenAgainBeforeTheGateLeaves) {
    SwapWorkshop shop;
    const int number = last_sync_of_the_commit(shop);
    const std::string failed = shop.fresh();
    const Ran ran =
        run_engine(shop.engine(EngineCommand::update, failed), attack_ledger(Attack::fail, number));
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(written_before_the_gate_leaves(ran, number)) << ran.out;
    EXPECT_EQ(differences(shop.new_tree(), tree_of(failed)), "");

    const std::string interrupted = shop.fresh();
    EXPECT_EQ(
        run_engine(shop.engine(EngineCommand::update, interrupted), attack_ledger(Attack::kill, number)).code,
        killed);
    const Ran recovered =
        run_engine(shop.engine(EngineCommand::recover, interrupted), attack_ledger(Attack::kill, -1));
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_TRUE(written_before_the_gate_leaves(recovered, 0)) << recovered.out;
    EXPECT_EQ(differences(shop.new_tree(), tree_of(interrupted)), "");
}

TEST(LedgerUnderAttack, KilledAtEveryCall) {
    Sweep().run(Attack::kill, SweepCount("killed at a call on the ledger"));
}
TEST(LedgerUnderAttack, EveryCallFailsOnce) {
    Sweep sweep;
    sweep.run(Attack::fail, SweepCount("calls on the ledger failing"));
    EXPECT_TRUE(sweep.codes.contains(30)) << "the commit never failed";
}
TEST(LedgerUnderAttack, EveryCallFailsThoughItWasMade) {
    Sweep sweep;
    sweep.run(Attack::fail_after_done, SweepCount("calls on the ledger failing that were made"));
    EXPECT_TRUE(sweep.codes.contains(0)) << "no commit failed and had happened";
}
TEST(LedgerUnderAttack, TheDiskFailsFromThenOn) {
    Sweep sweep;
    sweep.run(Attack::fail_for_good, SweepCount("calls on the ledger failing from one on"));
    EXPECT_TRUE(sweep.codes.contains(50)) << "the outcome could always be written";
}

// Every read of a page of it, one after another. Told on stdout, as above.
Arm fail_a_read_of_the_ledger(int number) {
    return [=](HookedFiles&) {
        const auto count = std::make_shared<int>(0);
        hook_sqlite(
            [=](const SeamCall& call) {
                if (call.name != "read" || !is_ledger(call.path) || ++*count != number) return SQLITE_OK;
                std::cout << "failed a read\n" << std::flush;
                return SQLITE_IOERR_READ;
            },
            [](const SeamCall&) { return SQLITE_OK; });
    };
}

TEST(LedgerUnderAttack, AReadThatFailsIsNoDamageOfTheLedger) {
    SwapWorkshop shop;
    SweepCount count("reads of the ledger failing");
    for (int number = 1; !HasFailure(); ++number) {
        const std::string root = shop.updated();
        const Ran ran =
            run_engine(shop.engine(EngineCommand::rollback, root), fail_a_read_of_the_ledger(number));
        if (ran.out.find("failed a read") == std::string::npos) break;
        count.tried();
        EXPECT_EQ(ran.err.find("damaged"), std::string::npos) << "at read " << number << ":\n" << ran.err;
        EXPECT_NE(ran.code, 50) << "at read " << number << ":\n" << ran.err;
    }
    EXPECT_GE(count.points(), 20);
}

} // namespace
} // namespace lockstep
