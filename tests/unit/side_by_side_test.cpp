#include "updater/side_by_side.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace lockstep {
namespace {

TEST(SideBySide, RunsOnAnotherThreadAndTellsItsErrorToWhoeverWaits) {
    SideBySide beside;
    std::thread::id ran_on;
    beside.begin([&] {
        ran_on = std::this_thread::get_id();
        throw std::runtime_error("damaged");
    });
    EXPECT_THROW(beside.wait(), std::runtime_error);
    EXPECT_NE(ran_on, std::this_thread::get_id());
    beside.wait(); // told once
}

TEST(SideBySide, OneAtATimeHasRunWhenItIsBegunAndTellsItsErrorLater) {
    SideBySide beside(true);
    bool ran = false;
    beside.begin([&] {
        ran = true;
        throw std::runtime_error("damaged");
    });
    EXPECT_TRUE(ran);
    EXPECT_THROW(beside.wait(), std::runtime_error);
}

TEST(SideBySide, DoesOneAfterAnotherAndLeavesOutWhatFollowsAFailure) {
    for (const bool one_at_a_time : {false, true}) {
        SideBySide beside(one_at_a_time);
        std::string done;
        const auto first = beside.begin([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            done += "first ";
        });
        const auto second = beside.begin([&] {
            done += "second ";
            throw std::runtime_error("damaged");
        });
        beside.begin([&] { done += "third "; });
        first.get(); // says nothing of the second
        EXPECT_THROW(second.get(), std::runtime_error);
        EXPECT_THROW(beside.wait(), std::runtime_error);
        EXPECT_EQ(done, "first second ");
    }
}

TEST(SideBySide, WaitsBeforeItGoes) {
    bool ended = false;
    {
        SideBySide beside;
        beside.begin([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            ended = true;
        });
    }
    EXPECT_TRUE(ended);
}

} // namespace
} // namespace lockstep
