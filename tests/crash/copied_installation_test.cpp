// An installation whose update was killed is copied to another place, where each file has another identity,
// and recovered there.
#include "tests/support/engine.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr int usual_stride = 5;

class CopiedInstallation : public ::testing::Test {
  protected:
    // Copied as a person would do it; the first one is gone.
    std::string moved_by_copy(const std::string& root) {
        const std::string copy = folder_ / "elsewhere";
        fs::remove_all(copy);
        EXPECT_EQ(run({"cp", "-a", root, copy}).code, 0);
        fs::remove_all(root);
        return copy;
    }

    void sweep(EngineCommand command, const Tree& from, const Tree& to, SweepCount& count) {
        for (int number = 1;; number += stride(usual_stride)) {
            const std::string root = command == EngineCommand::rollback ? shop_.updated() : shop_.fresh();
            const Ran ran = run_engine(shop_.engine(command, root), kill_at(number, Side::after));
            if (ran.code != killed) return;
            const SeamCall call = calls_of(ran).back();
            SCOPED_TRACE("killed after " + std::to_string(number) + ": " + call.name + " " + call.path);
            count.tried();
            const std::string copy = moved_by_copy(root);
            const Ran recovered = shop_.recover(copy);
            ASSERT_EQ(recovered.code, 0) << recovered.err;
            const Tree now = tree_of(copy);
            ASSERT_EQ(differences(now == to ? to : from, now), "");
            ASSERT_EQ(SwapWorkshop::leftovers(copy), "");
        }
    }

    TemporaryFolder folder_;
    SwapWorkshop shop_;
};

TEST_F(CopiedInstallation, WithAKilledUpdateIsRecovered) {
    SweepCount count("update killed, and copied");
    sweep(EngineCommand::update, shop_.old_tree(), shop_.new_tree(), count);
    EXPECT_GE(count.points(), 100 / stride(usual_stride));
}

TEST_F(CopiedInstallation, WithAKilledRollbackIsRecovered) {
    SweepCount count("rollback killed, and copied");
    sweep(EngineCommand::rollback, shop_.new_tree(), shop_.old_tree(), count);
    EXPECT_GE(count.points(), 70 / stride(usual_stride));
}

// Somebody wrote to the new database: its content is known no more, and nothing of it may be lost.
TEST_F(CopiedInstallation, WithAWriteIntoTheNewDatabaseGoesForward) {
    const auto calls =
        calls_of(run_engine(shop_.engine(EngineCommand::update, shop_.fresh()), [](HookedFiles&) {}));
    const auto placed = std::ranges::find_if(calls, [](const SeamCall& call) {
        return call.name == "exchange" && call.path.ends_with("/data/log.db");
    });
    ASSERT_NE(placed, calls.end());
    const std::string root = shop_.fresh();
    ASSERT_EQ(
        run_engine(shop_.engine(EngineCommand::update, root), kill_at(placed->number, Side::after)).code,
        killed);
    const std::string copy = moved_by_copy(root);
    sqlite(copy + "/data/register.db", "INSERT INTO person(name) VALUES('written after the power cut')");
    const Ran recovered = shop_.recover(copy);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_NE(recovered.out.find(" was completed."), std::string::npos) << recovered.out;
    EXPECT_EQ(sqlite(copy + "/data/register.db", "SELECT count(*) FROM person WHERE name LIKE 'written%'"),
              "1\n");
}

} // namespace
} // namespace lockstep
