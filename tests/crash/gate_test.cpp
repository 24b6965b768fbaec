// An entry point started while a swap is unfinished: recovery first, then the application with its own
// arguments; and where that can't be, the reason.
#include "tests/support/engine.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// The entry point is a copy of sleep: "--version" makes it say its name.
constexpr const char* started = "sleep (GNU coreutils)";

int number_of(const std::vector<SeamCall>& calls, const std::string& name, const std::string& path_end) {
    const auto found = std::ranges::find_if(
        calls, [&](const SeamCall& call) { return call.name == name && call.path.ends_with(path_end); });
    if (found == calls.end()) throw std::runtime_error("never reached: " + name + " " + path_end);
    return found->number;
}

class Gate : public ::testing::Test {
  protected:
    // Killed after this call: the gate is on.
    std::string interrupted(const std::string& name, const std::string& path_end) {
        const auto calls = calls_of(run_engine(shop_.real_engine(shop_.fresh()), [](HookedFiles&) {}));
        const std::string root = shop_.fresh();
        const Ran ran =
            run_engine(shop_.real_engine(root), kill_at(number_of(calls, name, path_end), Side::after));
        EXPECT_EQ(ran.code, killed);
        EXPECT_EQ(read_file(root + "/app"), read_file(built("gate")));
        return root;
    }
    SwapWorkshop shop_;
};

TEST_F(Gate, RecoversToTheOldVersionAndStartsItWithItsArguments) {
    const std::string root = interrupted("exchange", "/data/log.db");
    const Ran ran = run({root + "/app", "--version", "an argument with spaces"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out.find(started), 0U) << ran.out << ran.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
    const Ran refused = run({root + "/app", "no such interval"});
    EXPECT_NE(refused.err.find("‘no such interval’"), std::string::npos)
        << "its own arguments: " << refused.err;
}

TEST_F(Gate, RecoversToTheNewVersionAfterTheCommit) {
    const auto calls = calls_of(run_engine(shop_.real_engine(shop_.fresh()), [](HookedFiles&) {}));
    const auto off = std::find_if(calls.rbegin(), calls.rend(), [](const SeamCall& call) {
        return call.name == "exchange" && call.path.ends_with("/app");
    });
    ASSERT_NE(off, calls.rend());
    const std::string root = shop_.fresh();
    run_engine(shop_.real_engine(root), kill_at(off->number, Side::before));
    ASSERT_EQ(read_file(root + "/app"), read_file(built("gate")));
    const Ran ran = run({"./app", "--version"}, root);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.out.find(started), 0U) << ran.out << ran.err;
    EXPECT_EQ(differences(shop_.new_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

TEST_F(Gate, WaitsForARunningUpdater) {
    const std::string root = interrupted("exchange", "/data/register.db");
    const Tree before = tree_of(root, true);
    const int updater = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(::flock(updater, LOCK_EX), 0);
    const std::string out = root + "-out";
    const pid_t application = ::fork();
    if (application == 0) {
        ::close(updater);
        ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1);
        ::execl((root + "/app").c_str(), "app", "--version", nullptr);
        ::_exit(127);
    }
    ::usleep(300000); // it has long come to the lock
    int status = 0;
    EXPECT_EQ(::waitpid(application, &status, WNOHANG), 0) << "it must wait";
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    ::close(updater);
    ASSERT_EQ(::waitpid(application, &status, 0), application);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(read_file(out).find(started), 0U);
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
}

TEST_F(Gate, WithoutTheRightToRecoverSaysSoAndDoesNotStart) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
    const std::string root = interrupted("exchange", "/data/log.db");
    fs::permissions(shop_.workshop().path(),
                    fs::perms::owner_all | fs::perms::others_exec | fs::perms::group_exec);
    const Tree before = tree_of(root, true);
    const Ran ran =
        run({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", root + "/app", "--version"});
    EXPECT_EQ(ran.code, 126) << ran.out << ran.err;
    EXPECT_EQ(ran.out, "") << "it was not started";
    EXPECT_NE(ran.err.find("The application can't start yet: an update of it was interrupted"),
              std::string::npos)
        << ran.err;
    EXPECT_NE(ran.err.find("Start it as the user who owns the application"), std::string::npos) << ran.err;
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    EXPECT_EQ(shop_.recover(root).code, 0);
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
}

TEST_F(Gate, WhereRecoveryFailsTheApplicationIsNotStarted) {
    const std::string root = interrupted("exchange", "/data/log.db");
    write_file(root + "/.lockstep/ledger.db", "no ledger any more");
    const Ran ran = run({root + "/app", "--version"});
    EXPECT_EQ(ran.code, 126) << ran.out;
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find("finishing it failed (exit code 50)"), std::string::npos) << ran.err;
    EXPECT_EQ(read_file(root + "/app"), read_file(built("gate")));
}

} // namespace
} // namespace lockstep
