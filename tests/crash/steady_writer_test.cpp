// An application that never stops writing, while the updater goes forward and back again and again: each run
// says busy or succeeds, and at the end every write that was acknowledged is in the live database.
#include "tests/support/engine.h"
#include "tests/support/sweep.h"
#include "tests/support/writer.h"

#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <sstream>

namespace lockstep {
namespace {

constexpr int wanted_writes = 10000;
constexpr int wanted_swaps = 5; // each way
constexpr double longest_s = 400;

std::set<std::string> lines_of(const std::string& text) {
    std::set<std::string> lines;
    std::istringstream all(text);
    for (std::string line; std::getline(all, line);) lines.insert(line);
    return lines;
}

std::string missing(const std::set<std::string>& wanted, const std::set<std::string>& found) {
    std::string lost;
    for (const std::string& each : wanted)
        if (!found.contains(each)) lost += each + "\n";
    return lost;
}

std::set<std::string> register_writes(const std::string& database) {
    return lines_of(sqlite(database, "SELECT name FROM place WHERE name LIKE 'write %'"));
}
std::set<std::string> log_writes(const std::string& database) {
    return lines_of(sqlite(database, "SELECT text FROM entry WHERE text LIKE 'write %'"));
}

bool is_updated(const std::string& root) {
    return read_file(root + "/lib/changed.txt") == "new in 1.1.0\n";
}

struct Swaps {
    int updates = 0;
    int rollbacks = 0;
    int busy = 0;
};

// One run of the updater, forward or back; waits for nothing.
void swap_once(const SwapWorkshop& shop, const std::string& root, Writer& writer, Swaps& swaps) {
    const bool updated = is_updated(root);
    const Ran ran = updated ? shop.roll_back(root) : shop.apply(root);
    ASSERT_TRUE(ran.code == 0 || ran.code == 13) << ran.code << "\n" << ran.err;
    EXPECT_EQ(is_updated(root), ran.code == 0 ? !updated : updated);
    if (ran.code == 13)
        ++swaps.busy;
    else
        ++(updated ? swaps.rollbacks : swaps.updates);
    // Long enough for an update between two connections, on a machine however slow.
    writer.pause_at_most(std::max(100, static_cast<int>(ran.seconds * 3000)));
}

class SteadyWriter : public ::testing::TestWithParam<WritingManner> {};

TEST_P(SteadyWriter, LosesNoAcknowledgedWrite) {
    const WritingManner& manner = GetParam();
    SwapWorkshop shop(manner.journal_mode == "WAL" ? "WAL" : "DELETE", {}, true);
    const std::string root = shop.fresh();
    const std::string record = shop.workshop() / "acknowledged";
    Writer writer(root, record, manner);
    Swaps swaps;
    const auto begin = std::chrono::steady_clock::now();
    const auto seconds = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    while (!HasFatalFailure() && seconds() < longest_s &&
           (writer.acknowledged() < wanted_writes || swaps.updates < wanted_swaps ||
            swaps.rollbacks < wanted_swaps))
        swap_once(shop, root, writer, swaps);
    writer.stop();

    const std::set<std::string> acknowledged = acknowledged_in(record);
    EXPECT_EQ(missing(acknowledged, register_writes(root + "/data/register.db")), "");
    if (manner.both_databases) {
        EXPECT_EQ(missing(acknowledged, log_writes(root + "/data/log.db")), "");
    }
    EXPECT_EQ(sqlite(root + "/data/register.db", "PRAGMA integrity_check"), "ok\n");
    EXPECT_EQ(sqlite(root + "/data/register.db", "SELECT count(*) FROM person"), "50\n")
        << "a half transaction";
    EXPECT_GE(acknowledged.size(), static_cast<std::size_t>(wanted_writes));
    EXPECT_GE(swaps.updates, wanted_swaps);
    EXPECT_GE(swaps.rollbacks, wanted_swaps);
    std::cout << manner.journal_mode << (manner.both_databases ? ", two databases: " : ": ")
              << acknowledged.size() << " writes acknowledged, " << writer.refused() << " refused; "
              << swaps.updates << " updates, " << swaps.rollbacks << " rollbacks, " << swaps.busy
              << " times busy\n";
    SweepCount count("writes of a steady writer, " + manner.journal_mode);
    for (std::size_t i = 0; i < acknowledged.size(); ++i) count.tried();
}

std::vector<WritingManner> manners() {
    std::vector<WritingManner> all;
    for (const std::string mode : {"DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF", "WAL"}) {
        // An application that ends in the middle of a transaction without a journal ruins its own database.
        const bool survives = mode != "MEMORY" && mode != "OFF";
        all.push_back({mode, false, survives, 1});
    }
    all.push_back({"DELETE", true, true, 2});
    all.push_back(
        {"WAL", true, false, 3}); // SQLite keeps no transaction over two files whole through a kill there
    return all;
}

INSTANTIATE_TEST_SUITE_P(In, SteadyWriter, ::testing::ValuesIn(manners()), [](const auto& manner) {
    return manner.param.journal_mode + (manner.param.both_databases ? "TwoDatabases" : "");
});

} // namespace
} // namespace lockstep
