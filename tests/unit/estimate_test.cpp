#include "payload/estimate.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

RehearsalRun rehearsed(std::uint64_t bytes, const std::string& platform = {}) {
    RehearsalRun run;
    run.from = "1.0.0";
    run.platform = platform;
    run.database_bytes = bytes;
    return run;
}

TEST(Estimate, TakesTheLargestRunOfItsVersionAndItsPlatformFirst) {
    std::vector<RehearsalRun> runs{rehearsed(10), rehearsed(30), rehearsed(20), rehearsed(5, "van")};
    runs[1].from = "0.9.0";
    EXPECT_EQ(likest_run(runs, "1.0.0", ""), &runs[2]);
    EXPECT_EQ(likest_run(runs, "1.0.0", "van"), &runs[3]);
    EXPECT_EQ(likest_run(runs, "1.0.0", "desk")->database_bytes, 20U);
    EXPECT_EQ(likest_run(runs, "2.0.0", ""), nullptr);
}

TEST(Estimate, EachPartGrowsWithWhatItWorksOn) {
    RehearsalRun run = rehearsed(1000);
    run.phase_seconds = {{"recognise", 2}, {"back up", 3}, {"migrate", 10}, {"verify the trial copy", 5}};
    run.rows = {{"call", 100}, {"config.setting", 10}};
    run.table_seconds = {{"call", 9}, {"config.setting", 1}};
    const DataAmount here{5000, {{"call", 1000}, {"config.setting", 10}}};
    const Estimate estimate = estimate_of(run, here).value();
    EXPECT_DOUBLE_EQ(estimate.migrate_seconds, 10 * (0.9 * 10 + 0.1 * 1)) << "calls are ten times as many";
    EXPECT_DOUBLE_EQ(estimate.seconds, 2 + 5 * (3 + 5) + 91) << "files are five times as large";
    EXPECT_EQ(estimate.rows, 1010);
}

TEST(Estimate, ATableThatIsNewGrowsWithAllRows) {
    RehearsalRun run = rehearsed(1000);
    run.phase_seconds = {{"migrate", 4}};
    run.rows = {{"call", 100}};
    run.table_seconds = {{"call_new", 4}};
    EXPECT_DOUBLE_EQ(estimate_of(run, {1000, {{"call", 300}}}).value().seconds, 12);
    EXPECT_DOUBLE_EQ(estimate_of(rehearsed(0), {}).value().seconds, 0);
}

TEST(Estimate, AHandfulOfRowsTellsNothingOfAMillion) {
    RehearsalRun run = rehearsed(1000);
    run.rows = {{"call", 26}};
    EXPECT_TRUE(estimate_of(run, {100'000, {{"call", 2600}}}));
    EXPECT_FALSE(estimate_of(run, {100'000, {{"call", 2601}}}));
}

TEST(Estimate, IsSaidInWords) {
    EXPECT_EQ(sentence_of({240, 0, 1'234'567, {}}), "about 4 minutes for your 1.2 million rows");
    EXPECT_EQ(sentence_of({0.4, 0, 1, {}}), "less than a second for your 1 row");
    EXPECT_EQ(rough_duration(1), "about 1 second");
    EXPECT_EQ(rough_duration(89.4), "about 89 seconds");
    EXPECT_EQ(rough_duration(90), "about 2 minutes");
    EXPECT_EQ(rough_duration(3 * 3600), "about 3 hours");
    EXPECT_EQ(rough_rows(12'345), "12,345 rows");
    EXPECT_EQ(rough_rows(5'000'000), "5 million rows");
    EXPECT_EQ(rough_rows(12'700'000), "13 million rows");
}

} // namespace
} // namespace lockstep
