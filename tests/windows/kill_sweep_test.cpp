// Killed on Windows, under Wine, before and after the calls that change a file: old or new.
#include "tests/support/sweep.h"
#include "tests/support/windows_desk.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr int parts = 2;

class WindowsKillSweep : public ::testing::TestWithParam<int> {}; // the part

TEST_P(WindowsKillSweep, AnUpdateKilledAnywhereEndsOldOrNew) {
    if (const std::string why = why_no_windows(); !why.empty()) GTEST_SKIP() << why;
    WindowsDesk desk;
    const std::string bundle = desk.bundle("release.toml");
    const std::string update = built_for_windows("update.exe");
    const std::string original = desk.install("original");
    const std::string updated = original + "-updated";
    fs::copy(original, updated, fs::copy_options::recursive);
    const Ran applied = desk.update(
        update, updated, {"--bundle", desk.on_c(bundle), "--trust", desk.on_c(desk / "office.pub")});
    ASSERT_EQ(applied.code, 0) << applied.out << applied.err;

    const int step = stride(9);
    const Ran swept =
        desk.run_windows({built_for_windows("kill_sweep.exe"), desk.on_c(update), desk.on_c(bundle),
                          desk.on_c(desk / "office.pub"), desk.on_c(original), desk.on_c(updated),
                          desk.on_c(original + "-field"), std::to_string(1 + step * GetParam()),
                          std::to_string(step * parts)});
    ASSERT_EQ(swept.code, 0) << swept.out << swept.err;
    SweepCount count("update killed on Windows");
    count.tried(std::stoi(swept.out));
    EXPECT_GE(count.points(), 10) << swept.out;
    EXPECT_EQ(swept.out.find("forward from 0"), std::string::npos) << swept.out;
}

INSTANTIATE_TEST_SUITE_P(Parts, WindowsKillSweep, ::testing::Range(0, parts));

} // namespace
} // namespace lockstep
