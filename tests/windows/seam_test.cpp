// The contract of the seam, kept by its Windows half: its tests are a program for Windows.
#include "tests/support/windows_desk.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(WindowsSeam, KeepsTheSameContractAsTheOthers) {
    if (const std::string why = why_no_windows(); !why.empty()) GTEST_SKIP() << why;
    const WindowsDesk desk;
    const Ran ran = desk.run_windows({built_for_windows("seam_tests.exe")});
    EXPECT_EQ(ran.code, 0);
    EXPECT_NE(ran.out.find("[  PASSED  ]"), std::string::npos);
    EXPECT_EQ(ran.out.find("[  FAILED  ]"), std::string::npos) << ran.out << ran.err;
}

} // namespace
} // namespace lockstep
