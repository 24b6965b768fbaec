// One bar for all of an update's phases, and the time that is left.
#include "updater/overall_progress.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

OverallProgress::Time after(double seconds) {
    return OverallProgress::Time{} + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                         std::chrono::duration<double>(seconds));
}

TEST(OverallProgress, WithoutAnEstimateEachPhaseCountsTheSameAndNoTimeIsTold) {
    OverallProgress progress;
    progress.begin("lock", after(0));
    EXPECT_DOUBLE_EQ(progress.done(after(100)), 0);
    progress.begin("migrate", after(100));
    EXPECT_DOUBLE_EQ(progress.done(after(100)), 6.0 / 11);
    progress.fraction(0.5);
    EXPECT_DOUBLE_EQ(progress.done(after(100)), 6.5 / 11);
    EXPECT_FALSE(progress.seconds_left(after(100)));
}

TEST(OverallProgress, CountsEachPhaseForAsLongAsItIsExpectedToTake) {
    OverallProgress progress;
    progress.expect({{"back up", 10}, {"migrate", 30}, {"verify the trial copy", 60}});
    progress.begin("back up", after(0));
    EXPECT_DOUBLE_EQ(progress.seconds_left(after(0)).value(), 100);
    EXPECT_DOUBLE_EQ(progress.done(after(5)), 0.05)
        << "by the clock, where a phase doesn't say how far it is";
    progress.begin("migrate", after(8));
    EXPECT_DOUBLE_EQ(progress.done(after(8)), 0.1);
    EXPECT_DOUBLE_EQ(progress.seconds_left(after(23)).value(), 75);
    progress.fraction(0.8);
    EXPECT_DOUBLE_EQ(progress.seconds_left(after(23)).value(), 66);
}

TEST(OverallProgress, DoesNotEndAPhaseThatTakesLongerAndNeverGoesBack) {
    OverallProgress progress;
    progress.begin("migrate", after(0));
    EXPECT_DOUBLE_EQ(progress.done(after(0)), 6.0 / 11);
    progress.expect({{"migrate", 10}, {"verify the trial copy", 10}});
    EXPECT_DOUBLE_EQ(progress.done(after(0)), 6.0 / 11) << "it is told late";
    EXPECT_DOUBLE_EQ(progress.seconds_left(after(1000)).value(), 10.5);
    progress.begin("verify the trial copy", after(1000));
    EXPECT_NEAR(progress.done(after(2000)), 0.975, 1e-9);
}

} // namespace
} // namespace lockstep
