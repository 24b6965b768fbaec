// What an update refuses on Windows: the exit code, the words, and an installation that is as it was.
#include "tests/support/windows_desk.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <thread>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class WindowsRefusal : public testing::Test {
  protected:
    void SetUp() override {
        if (const std::string why = why_no_windows(); !why.empty()) GTEST_SKIP() << why;
        desk = std::make_unique<WindowsDesk>();
        root = desk->install("field");
        before = tree_of(root, true);
    }
    void expect_refused(const Ran& ran, int code, const std::string& words) {
        EXPECT_EQ(ran.code, code) << ran.out << ran.err;
        EXPECT_NE(ran.err.find(words), std::string::npos) << ran.err;
        EXPECT_EQ(differences(before, tree_of(root, true)), "");
    }
    std::unique_ptr<WindowsDesk> desk;
    std::string root;
    Tree before;
};

TEST_F(WindowsRefusal, AFailingMigrationChangesNothing) {
    desk->clinic(root, {"add", "Ana Ñandú", "Valsør"});
    desk->clinic(root, {"add", "Ana Ñandú", "Valsør"});
    before = tree_of(root, true);
    const Ran failed = desk->update(desk->wrapped("release-failing.toml"), root, {});
    EXPECT_EQ(failed.code, 20) << failed.out << failed.err;
    EXPECT_NE(failed.err.find("UNIQUE constraint failed"), std::string::npos) << failed.err;
    EXPECT_NE(failed.err.find("Your data and the application are exactly as they were"), std::string::npos)
        << failed.err;
    EXPECT_EQ(differences(tree_of(root),
                          [&] {
                              Tree code_and_data = before;
                              std::erase_if(code_and_data, [](const auto& each) {
                                  return each.first.starts_with(".lockstep");
                              });
                              return code_and_data;
                          }()),
              "");
    EXPECT_EQ(desk->clinic(root, {"--self-test"}).out, "clinic 1.0.0: the register is sound\n");
}

TEST_F(WindowsRefusal, AChangedFileAndAnUntrustedBundle) {
    const std::string update = desk->wrapped("release.toml");
    write_file(root + "/help/index.txt", "changed here");
    write_file(root + "/clinic.exe", read_file(root + "/clinic.exe") + "changed");
    before = tree_of(root, true);
    expect_refused(desk->update(update, root, {}), 10, "clinic.exe");
    fs::copy_file((*desk) / "app-1.0.0/clinic.exe", root + "/clinic.exe",
                  fs::copy_options::overwrite_existing);
    before = tree_of(root, true);
    const std::string bundle = desk->on_c((*desk) / "release.toml.bundle");
    expect_refused(desk->update(built_for_windows("update.exe"), root, {"--bundle", bundle}), 11, "--trust");
}

TEST_F(WindowsRefusal, AWrongCommandLine) {
    expect_refused(desk->update(built_for_windows("update.exe"), root, {"--nonsense"}), 2, "--nonsense");
}

TEST_F(WindowsRefusal, AnApplicationThatHasTheRegisterOpen) {
    const std::string update = desk->wrapped("release.toml");
    const std::string told = root + "-told";
    std::thread application([&] {
        desk->run_windows({"cmd", "/c", "clinic.exe hold 25 > ..\\field-told"}, root);
    });
    while (!fs::exists(told) || fs::is_empty(told)) std::this_thread::yield();
    const Ran busy = desk->update(update, root, {"--silent", "--json"});
    EXPECT_EQ(busy.code, 13) << busy.out << busy.err;
    EXPECT_NE(busy.out.find("\"outcome\":\"busy\",\"code\":13"), std::string::npos) << busy.out;
    EXPECT_NE(busy.out.find("it is in use by clinic.exe ("), std::string::npos) << busy.out;
    EXPECT_EQ(busy.err, "");
    application.join();
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    EXPECT_EQ(desk->update(update, root, {}).code, 0);
}

} // namespace
} // namespace lockstep
