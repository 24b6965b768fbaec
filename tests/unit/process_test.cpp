#include "updater/process.h"

#include "tests/support/temporary_folder.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep {
namespace {

ProgramResult run(
    const std::string& script, const TemporaryFolder& folder, int timeout_s = 30,
    const std::function<bool()>& cancelled = [] { return false; }) {
    ProgramToRun program{
        {"/bin/sh", "-c", script, "clinic"}, folder.path(), timeout_s, ::geteuid(), ::getegid()};
    return run_program(program, cancelled);
}

bool becomes_true(const std::function<bool()>& question) {
    for (int i = 0; i < 2000 && !question(); ++i) ::usleep(5000);
    return question();
}

// A zombie has ended, and only waits for its parent to take note.
bool is_alive(const std::string& pid_file) {
    std::string number = read_text(system_files(), pid_file, 100);
    number.pop_back();
    std::ifstream file("/proc/" + number + "/stat");
    std::string id, name, state;
    return file >> id >> name >> state && state != "Z";
}

TEST(RunProgram, GivesExitCodeAndOutput) {
    const TemporaryFolder folder;
    const ProgramResult result = run("echo out; echo err >&2; pwd; exit 7", folder);
    EXPECT_EQ(result.exit_code, 7);
    EXPECT_EQ(result.output, "out\nerr\n" + folder.path() + "\n");
    EXPECT_FALSE(result.timed_out);
    EXPECT_EQ(run("kill -TERM $$", folder).exit_code, 128 + SIGTERM);
}

TEST(RunProgram, KeepsTheLast4KiBOfOutput) {
    const TemporaryFolder folder;
    const ProgramResult result = run("yes 0123456 | head -c 1000000; echo the end", folder);
    EXPECT_EQ(result.output.size(), 4096U);
    EXPECT_TRUE(result.output.ends_with("the end\n"));
}

TEST(RunProgram, SaysWhatCouldNotBeStarted) {
    const ProgramToRun program{{"/no/such/program"}, "/", 10, ::geteuid(), ::getegid()};
    EXPECT_EQ(message_of<Error>([&] { run_program(program, [] { return false; }); }),
              "Could not start /no/such/program: No such file or directory");
}

TEST(RunProgram, InheritsNoHandleButNullForInput) {
    const TemporaryFolder folder;
    const auto kept = system_files().create(folder / "kept", 0600);
    const int inheritable = ::dup(1); // without close-on-exec
    const ProgramResult result = run("readlink /proc/self/fd/0; ls /proc/$$/fd | tr '\\n' ' '", folder);
    ::close(inheritable);
    EXPECT_EQ(result.output, "/dev/null\n0 1 2 ");
}

TEST(RunProgram, GetsTheSystemsOwnSignalActions) {
    const TemporaryFolder folder;
    catch_cancel(); // ignores SIGPIPE, which a program would inherit
    EXPECT_EQ(run("kill -PIPE $$; echo survived", folder).exit_code, 128 + SIGPIPE);
}

TEST(RunProgram, EndsItWithItsChildrenAtTheTimeout) {
    const TemporaryFolder folder;
    const ProgramResult result = run("sleep 300 & echo $! > child; wait", folder, 1);
    EXPECT_TRUE(result.timed_out);
    EXPECT_EQ(result.exit_code, 128 + SIGKILL);
    EXPECT_TRUE(becomes_true([&] { return !is_alive(folder / "child"); }));
}

TEST(RunProgram, EndsItWhenCancelled) {
    const TemporaryFolder folder;
    const auto started = [&] { return std::filesystem::exists(folder / "started"); };
    const ProgramResult result = run("touch started; sleep 300", folder, 300, started);
    EXPECT_FALSE(result.timed_out);
    EXPECT_EQ(result.exit_code, 128 + SIGKILL);
}

TEST(RunProgram, EndsWhatTheProgramLeavesBehind) {
    const TemporaryFolder folder;
    EXPECT_EQ(run("sleep 300 & echo $! > child", folder).exit_code, 0);
    EXPECT_TRUE(becomes_true([&] { return !is_alive(folder / "child"); }));
}

TEST(RunProgram, EndsItWithItsChildrenWhenTheUpdaterIsKilled) {
    const TemporaryFolder folder;
    const pid_t updater = ::fork();
    if (updater == 0) {
        run("sleep 300 & echo $! > child; echo $$ > program; touch started; wait", folder, 300);
        ::_exit(0);
    }
    ASSERT_TRUE(becomes_true([&] { return std::filesystem::exists(folder / "started"); }));
    ::kill(updater, SIGKILL);
    ::waitpid(updater, nullptr, 0);
    EXPECT_TRUE(becomes_true([&] { return !is_alive(folder / "program"); }));
    EXPECT_TRUE(becomes_true([&] { return !is_alive(folder / "child"); }));
}

TEST(RunProgram, LeavesNoLockBehindWhenTheUpdaterIsKilled) {
    const TemporaryFolder folder;
    const pid_t updater = ::fork();
    if (updater == 0) {
        const auto lock = system_files().lock_folder(folder.path(), false);
        run("touch started; sleep 300", folder, lock ? 300 : 1);
        ::_exit(0);
    }
    ASSERT_TRUE(becomes_true([&] { return std::filesystem::exists(folder / "started"); }));
    EXPECT_FALSE(system_files().lock_folder(folder.path(), false));
    ::kill(updater, SIGKILL);
    ::waitpid(updater, nullptr, 0);
    EXPECT_TRUE(becomes_true([&] { return system_files().lock_folder(folder.path(), false) != nullptr; }));
}

TEST(RunProgram, RunsItAsTheApplicationsUser) {
    if (!is_privileged()) GTEST_SKIP() << "needs root, to become somebody else";
    const ProgramToRun program{{"/bin/sh", "-c", "id -u; id -g; id -G"}, "/", 10, 65534, 65534};
    EXPECT_EQ(run_program(program, [] { return false; }).output, "65534\n65534\n65534\n");
}

// Another process that holds the file in one way, until the test ends.
class HoldingProcess {
  public:
    explicit HoldingProcess(const std::function<void()>& take) {
        if (::pipe(ready_.data()) != 0) throw std::runtime_error("no pipe");
        process_ = ::fork();
        if (process_ == 0) {
            take();
            static_cast<void>(!::write(ready_[1], "x", 1));
            while (true) ::pause();
        }
        char ignored = 0;
        if (::read(ready_[0], &ignored, 1) != 1) throw std::runtime_error("the holder has ended");
    }
    ~HoldingProcess() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        ::close(ready_[0]), ::close(ready_[1]);
    }
    HoldingProcess(const HoldingProcess&) = delete;
    HoldingProcess& operator=(const HoldingProcess&) = delete;
    std::string name() const { return "unit_tests (" + std::to_string(process_) + ")"; }

  private:
    std::array<int, 2> ready_{};
    pid_t process_ = -1;
};

class Holders : public testing::Test {
  protected:
    void SetUp() override { write_durably(system_files(), path, std::string(5000, 'x'), 0600); }
    std::string names() const {
        const std::vector<Holder> holders = holders_of({*system_files().status(path)});
        return holders.empty() ? "nobody" : names_of(holders);
    }
    TemporaryFolder folder;
    std::string path = folder / "clinic.db";
};

TEST_F(Holders, AreNotThisProcess) {
    const auto open = system_files().open(path);
    EXPECT_EQ(names(), "nobody");
}

TEST_F(Holders, HaveItOpenEvenWhenItWasRenamed) {
    const HoldingProcess holder([&] { static_cast<void>(system_files().open(path).release()); });
    EXPECT_EQ(names(), holder.name());
    system_files().rename(path, folder / "aside");
    path = folder / "aside";
    EXPECT_EQ(names(), holder.name());
}

TEST_F(Holders, HaveItMapped) {
    const HoldingProcess holder([&] {
        FILE* file = std::fopen(path.c_str(), "r");
        if (::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, ::fileno(file), 0) == MAP_FAILED) ::_exit(1);
        std::fclose(file);
    });
    EXPECT_EQ(names(), holder.name());
}

TEST_F(Holders, RunIt) {
    std::filesystem::remove(path);
    std::filesystem::copy_file("/bin/sleep", path);
    const pid_t process = ::fork();
    if (process == 0) {
        ::execl(path.c_str(), "clinic", "300", nullptr);
        ::_exit(127);
    }
    EXPECT_TRUE(becomes_true([&] { return names() == "clinic.db (" + std::to_string(process) + ")"; }));
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
}

TEST(HolderNames, ReadAsAList) {
    EXPECT_EQ(names_of({}), "another program");
    EXPECT_EQ(names_of({{1, "clinic (1)"}, {2, "sqlite3 (2)"}}), "clinic (1), sqlite3 (2)");
}

TEST(Cancel, IsNotedWithoutEndingTheProcess) {
    const pid_t process = ::fork();
    if (process == 0) {
        catch_cancel();
        const bool before = cancel_requested();
        ::raise(SIGTERM);
        ::_exit(!before && cancel_requested() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Cancel, LeavesAnIgnoredHangupIgnored) {
    const pid_t process = ::fork();
    if (process == 0) {
        ::signal(SIGHUP, SIG_IGN); // as nohup(1) does
        catch_cancel();
        ::raise(SIGHUP);
        ::_exit(cancel_requested() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Process, KnowsItselfAndTheTime) {
    EXPECT_EQ(name_of(own_executable()), "unit_tests");
    EXPECT_EQ(utc_now().size(), std::string("2026-01-31T12:34:56Z").size());
    EXPECT_EQ(utc_now().back(), 'Z');
}

} // namespace
} // namespace lockstep
