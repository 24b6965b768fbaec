// Recovery at the next start of the computer: registered while a swap runs, and only then.
#include "tests/support/attempt.h"
#include "tests/support/engine.h"
#include "tests/support/other_user.h"
#include "updater/scheduler.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::string before_the_command = "\n@reboot root ";

// On a volume that is there after a restart.
class BootRecovery : public ::testing::Test {
  protected:
    void SetUp() override {
        NEEDS_ROOT();
        if (fs::exists("/run/systemd/system")) GTEST_SKIP() << "systemd runs here, and cron is not asked";
        if (!fs::exists("/etc/cron.d")) GTEST_SKIP() << "there is no cron here";
        const char* const folder = std::getenv("TMPDIR");
        before_ = folder ? folder : "/tmp";
        ::setenv("TMPDIR", "/var/tmp", 1);
        if (system_files().volume("/var/tmp").type == "tmpfs") GTEST_SKIP() << "/var/tmp is in memory here";
        shop_ = std::make_unique<SwapWorkshop>();
    }
    void TearDown() override {
        if (!before_.empty()) ::setenv("TMPDIR", before_.c_str(), 1);
    }

    static std::string registered(const std::string& root) {
        return "/etc/cron.d/" + task_name("recovery-", root);
    }
    static SeamCall swap_of(const std::vector<SeamCall>& calls, const std::string& path_end) {
        const auto found = std::ranges::find_if(calls, [&](const SeamCall& call) {
            return call.name == "exchange" && call.path.ends_with(path_end);
        });
        if (found == calls.end()) throw std::runtime_error("never reached: exchange " + path_end);
        return *found;
    }

    std::unique_ptr<SwapWorkshop> shop_;
    std::string before_;
};

TEST_F(BootRecovery, RunsAfterAPowerCutInTheSwapAndIsGoneAfterIt) {
    const auto calls = calls_of(run_engine(shop_->real_engine(shop_->fresh()), [](HookedFiles&) {}));
    const std::string root = shop_->fresh();
    EXPECT_FALSE(fs::exists(registered(root))) << "an update that ended leaves nothing";
    ASSERT_EQ(
        run_engine(shop_->real_engine(root), kill_at(swap_of(calls, "/data/register.db").number, Side::after))
            .code,
        killed);
    ASSERT_TRUE(fs::exists(registered(root)));
    EXPECT_EQ(fs::status(registered(root)).permissions(), fs::perms(0644)) << "cron passes others over";
    const std::string text = read_file(registered(root));
    const std::size_t command = text.find(before_the_command);
    ASSERT_NE(command, std::string::npos) << text;
    const Ran ran = run({"/bin/sh", "-c", text.substr(command + before_the_command.size())});
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    EXPECT_EQ(ran.out + ran.err, "");
    EXPECT_EQ(differences(shop_->old_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
    EXPECT_FALSE(fs::exists(registered(root)));
}

TEST_F(BootRecovery, IsGoneAfterAnUndo) {
    const std::string root = shop_->fresh();
    const Ran ran = run_engine(shop_->real_engine(root), [root](HookedFiles& files) {
        files.before = [root](const SeamCall& call) {
            if (call.name != "exchange" || !call.path.ends_with("/data/log.db")) return;
            if (!fs::exists(registered(root))) ::_exit(99);
            throw Error(Code::internal_error, "rename", call.path, "Input/output error");
        };
    });
    EXPECT_EQ(ran.code, 30) << ran.err;
    EXPECT_EQ(differences(shop_->old_tree(), tree_of(root)), "");
    EXPECT_FALSE(fs::exists(registered(root)));
}

TEST_F(BootRecovery, ThatCantBeRegisteredStopsNoUpdate) {
    const std::string root = shop_->fresh();
    const Ran ran = run_engine(shop_->real_engine(root), [](HookedFiles& files) {
        files.before = [](const SeamCall& call) {
            if (call.path.starts_with("/etc/cron.d/"))
                throw Error(Code::no_room_or_right, "create", call.path, "Read-only file system");
        };
    });
    EXPECT_EQ(ran.code, 0) << ran.err;
    expect_says(ran.err,
                "After a power cut, only the next start of the application or the updater would recover.");
    expect_says(ran.err, "Read-only file system");
    EXPECT_EQ(differences(shop_->new_tree(), tree_of(root)), "");
    EXPECT_FALSE(fs::exists(registered(root)));
}

TEST_F(BootRecovery, IsNotRegisteredForWhatIsGoneAfterARestart) {
    ::setenv("TMPDIR", "/dev/shm", 1);
    if (system_files().volume("/dev/shm").type != "tmpfs") GTEST_SKIP() << "/dev/shm is not in memory here";
    SwapWorkshop in_memory;
    const std::string root = in_memory.fresh();
    const Ran ran = run_engine(in_memory.real_engine(root), [root](HookedFiles& files) {
        files.after = [root](const SeamCall&) {
            if (fs::exists(registered(root))) ::_exit(99);
        };
    });
    EXPECT_EQ(ran.code, 0) << ran.err;
}

} // namespace
} // namespace lockstep
