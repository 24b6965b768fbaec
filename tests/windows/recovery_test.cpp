// An update on Windows that was cut off in the swap, and whoever starts the application then.
#include "tests/support/windows_desk.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class WindowsRecovery : public testing::Test {
  protected:
    void SetUp() override {
        if (const std::string why = why_no_windows(); !why.empty()) GTEST_SKIP() << why;
        desk = std::make_unique<WindowsDesk>();
        root = desk->install("Küste/field");
        before = tree_of(root);
    }
    // Ended by Windows once a file came to have this name.
    Ran cut_off_when_renamed(const std::string& name) {
        return desk->run_windows({built_for_windows("kill_sweep.exe"), "engine",
                                  desk->on_c(built_for_windows("update.exe")),
                                  desk->on_c(desk->bundle("release.toml")),
                                  desk->on_c((*desk) / "office.pub"), desk->on_c(root), name, "renamed"});
    }
    // What runs at the next start of the computer, for whoever logs on and for this user.
    std::string runs_once() const {
        std::string values;
        for (const std::string hive : {"HKLM", "HKCU"})
            values += desk->run_windows({"reg", "query",
                                         hive + "\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce"})
                          .out;
        return values;
    }
    std::unique_ptr<WindowsDesk> desk;
    std::string root;
    Tree before;
};

TEST_F(WindowsRecovery, ComesBeforeTheApplicationThroughTheGate) {
    const Ran cut = cut_off_when_renamed("clinic.exe");
    ASSERT_EQ(cut.code, 137) << cut.out << cut.err;
    ASSERT_TRUE(read_file(root + "/clinic.exe") == read_file(built_for_windows("gate.exe")));
    const Ran started = desk->clinic(root, {"--version"});
    EXPECT_EQ(started.code, 0) << started.err;
    EXPECT_EQ(started.out, "1.0.0\n");
    EXPECT_EQ(differences(before, tree_of(root)), "");
    EXPECT_EQ(desk->update(built_for_windows("update.exe"), root, {"recover"}).code, 0);
    EXPECT_FALSE(fs::exists(root + "/.lockstep/leftovers")) << "the gate that was running has ended";
    EXPECT_TRUE(fs::is_empty(root + "/.lockstep/work"));
}

TEST_F(WindowsRecovery, PutsTheOldDatabaseBackWhereTheNewOneStoodAlready) {
    const Ran cut = cut_off_when_renamed("data/clinic.db");
    ASSERT_EQ(cut.code, 137) << cut.out << cut.err;
    const Ran recovered = desk->update(built_for_windows("update.exe"), root, {"recover"});
    EXPECT_EQ(recovered.code, 0) << recovered.out << recovered.err;
    EXPECT_NE(recovered.out.find("The installation is sound."), std::string::npos) << recovered.out;
    EXPECT_EQ(differences(before, tree_of(root)), "");
    EXPECT_EQ(desk->clinic(root, {"--self-test"}).out, "clinic 1.0.0: the register is sound\n");
}

TEST_F(WindowsRecovery, RunsAtTheNextStartOfTheComputerUntilNothingIsLeftToDo) {
    const std::string own_folder = fs::path(root).parent_path().parent_path().filename();
    ASSERT_EQ(cut_off_when_renamed("clinic.exe").code, 137);
    const std::string left = runs_once();
    const std::size_t program = left.find("\\.lockstep\\update.exe recover --root ");
    ASSERT_NE(program, std::string::npos) << left;
    EXPECT_NE(left.find(own_folder, program), std::string::npos) << left;
    ASSERT_EQ(desk->update(built_for_windows("update.exe"), root, {"recover"}).code, 0);
    EXPECT_EQ(runs_once().find(own_folder), std::string::npos) << runs_once();
}

// More than the 260 characters that Windows' calls take without a prefix, and not ASCII.
TEST_F(WindowsRecovery, IsNotNeededWhereThePathIsLong) {
    std::string name = "Ñandú";
    for (int i = 0; i < 4; ++i) name += "/" + std::string(60, 'a') + "-李-" + std::to_string(i);
    const std::string far = fs::path(root).parent_path().string() + "/" + name;
    fs::create_directories(fs::path(far).parent_path());
    fs::rename(root,
               far); // the application itself takes no such path; the data in it is updated all the same
    ASSERT_GT(desk->on_c(far).size(), 260U);
    const Tree old = tree_of(far);
    // Windows starts no program in such a folder.
    std::string release = read_file((*desk) / "release.toml");
    const std::size_t health = release.find("health = ");
    write_file((*desk) / "release.toml", release.erase(health, release.find('\n', health) - health));
    const Ran applied = desk->update(desk->wrapped("release.toml"), far, {"--silent", "--json"});
    EXPECT_EQ(applied.code, 0) << applied.out << applied.err;
    EXPECT_NE(applied.out.find("\"outcome\":\"updated\",\"code\":0,\"product\":\"clinic\""),
              std::string::npos)
        << applied.out;
    EXPECT_EQ(applied.err, "");
    EXPECT_TRUE(read_file(far + "/clinic.exe") == read_file((*desk) / "app-1.1.0/clinic.exe"));
    EXPECT_EQ(desk->update(built_for_windows("update.exe"), far, {"rollback", "--silent"}).code, 0);
    EXPECT_EQ(differences(old, tree_of(far)), "");
}

} // namespace
} // namespace lockstep
