// The main job on Windows: an update made on Linux, under Wine.
#include "tests/support/windows_desk.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

class WindowsMainJob : public testing::Test {
  protected:
    void SetUp() override {
        if (const std::string why = why_no_windows(); !why.empty()) GTEST_SKIP() << why;
    }
};

TEST_F(WindowsMainJob, UpdatesCodeAndDataTogetherAndTakesBothBackToTheByte) {
    WindowsDesk desk;
    const std::string root = desk.install("field");
    const Tree before = tree_of(root);
    const std::string people = desk.clinic(root, {"list"}).out;
    const std::string update = desk.wrapped("release.toml");

    const Ran applied = desk.update(update, root, {});
    ASSERT_EQ(applied.code, 0) << applied.out << applied.err;
    EXPECT_NE(applied.out.find("clinic was updated from version 1.0.0 to 1.1.0."), std::string::npos)
        << applied.out;
    EXPECT_EQ(desk.clinic(root, {"--version"}).out, "1.1.0\n");
    EXPECT_EQ(desk.clinic(root, {"list"}).out, people);
    EXPECT_EQ(desk.clinic(root, {"--self-test"}).out, "clinic 1.1.0: the register is sound\n");
    EXPECT_TRUE(std::filesystem::exists(root + "/.lockstep/update.exe"));

    const Ran back = desk.update(built_for_windows("update.exe"), root, {"rollback"});
    ASSERT_EQ(back.code, 0) << back.out << back.err;
    EXPECT_NE(back.out.find("clinic was taken back from version 1.1.0 to 1.0.0."), std::string::npos)
        << back.out;
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

} // namespace
} // namespace lockstep
