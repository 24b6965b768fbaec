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

// The installed engine brings its own successor, while it runs.
TEST_F(WindowsMainJob, IsDoneByTheEngineThatAnUpdateLeft) {
    WindowsDesk desk;
    const std::string root = desk.install("field");
    ASSERT_EQ(desk.update(desk.wrapped("release.toml"), root, {"--silent"}).code, 0);
    const std::string engine = root + "/.lockstep/update.exe";
    EXPECT_EQ(desk.update(engine, root, {"rollback", "--silent"}).code, 0);
    const Ran again = desk.update(engine, root, {"--bundle", desk.on_c(desk / "release.toml.bundle")});
    EXPECT_EQ(again.code, 0) << again.out << again.err;
    EXPECT_EQ(desk.clinic(root, {"--version"}).out, "1.1.0\n");
    EXPECT_EQ(desk.update(engine, root, {"recover", "--silent"}).code, 0);
    EXPECT_FALSE(std::filesystem::exists(root + "/.lockstep/leftovers")) << "what ran before has ended";
}

} // namespace
} // namespace lockstep
