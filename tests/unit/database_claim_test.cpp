// That nobody else has a database open, not even idle: locked_database.h, claim_alone().
#include "tests/support/sqlite_shell.h"
#include "tests/support/temporary_folder.h"
#include "updater/locked_database.h"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sqlite3.h>
#include <sys/syscall.h>

namespace lockstep {
namespace {

constexpr int moment_ms = 500; // long enough for an opener to get stuck

bool becomes_true(const std::function<bool()>& question) {
    for (int i = 0; i < 2000 && !question(); ++i) ::usleep(5000);
    return question();
}

class DatabaseClaim : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        asked(path, "PRAGMA journal_mode=" + std::string(GetParam()) +
                        ";\nCREATE TABLE a(b);\nINSERT INTO a VALUES(1);");
    }
    TemporaryFolder folder;
    std::string path = folder / "clinic.db";
};
INSTANTIATE_TEST_SUITE_P(JournalMode, DatabaseClaim, testing::Values("DELETE", "WAL"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(DatabaseClaim, HoldsWhereNobodyHasItOpen) {
    LockedDatabase locked(path);
    EXPECT_FALSE(locked.still_alone()) << "nothing was claimed yet";
    EXPECT_TRUE(locked.claim_alone());
    EXPECT_TRUE(locked.still_alone());
    locked.unclaim();
    EXPECT_FALSE(locked.still_alone());
    EXPECT_NE(asked(path, "SELECT * FROM a;").find("locked"), std::string::npos) << "the lock stays";
}

TEST_P(DatabaseClaim, SeesAnIdleConnection) {
    LockedDatabase locked(path);
    SqliteShell idle(path);
    EXPECT_NE(idle.run("SELECT * FROM a;").find("locked"), std::string::npos); // it keeps the file open
    EXPECT_FALSE(locked.claim_alone());
    EXPECT_FALSE(locked.still_alone());
    idle.kill();
    EXPECT_TRUE(locked.claim_alone());
}

TEST_P(DatabaseClaim, MakesAnOpenerWaitAndTellsOfIt) {
    LockedDatabase locked(path);
    ASSERT_TRUE(locked.claim_alone());
    SqliteShell opener(path);
    opener.send("SELECT * FROM a;");
    EXPECT_TRUE(becomes_true([&] { return !locked.still_alone(); }));
    EXPECT_EQ(opener.answer(moment_ms), "waiting");
    locked.release();
    EXPECT_EQ(opener.answer(), "1\n");
}

TEST_P(DatabaseClaim, GivenUpLetsAWaitingOpenerGoOnIntoTheLock) {
    LockedDatabase locked(path);
    ASSERT_TRUE(locked.claim_alone());
    SqliteShell opener(path);
    opener.send("SELECT * FROM a;");
    EXPECT_EQ(opener.answer(moment_ms), "waiting");
    locked.unclaim();
    EXPECT_NE(opener.answer().find("locked"), std::string::npos);
}

// Opens and writes the database when told to, with SQLite itself: the sqlite3 program opens the file twice.
class Opener {
  public:
    explicit Opener(const std::string& path) {
        if (::pipe(start_.data()) != 0 || ::pipe(answer_.data()) != 0) throw std::runtime_error("no pipe");
        process_ =
            ::fork(); // before this process has locks, which SQLite would believe to be the child's as well
        if (process_ == 0) open_when_told(path);
        ::close(answer_[1]);
    }
    ~Opener() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        for (const int number : {start_[0], start_[1], answer_[0]}) ::close(number);
    }
    Opener(const Opener&) = delete;
    Opener& operator=(const Opener&) = delete;

    void start() const {
        if (::write(start_[1], "x", 1) != 1) throw std::runtime_error("the opener has ended");
    }
    std::string answer() const {
        std::array<char, 200> text{};
        const ssize_t size = ::read(answer_[0], text.data(), text.size());
        return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }

  private:
    [[noreturn]] void open_when_told(const std::string& path) const {
        char ignored = 0;
        if (::read(start_[0], &ignored, 1) != 1) ::_exit(1);
        sqlite3* connection = nullptr;
        sqlite3_open_v2(path.c_str(), &connection, SQLITE_OPEN_READWRITE, nullptr);
        sqlite3_exec(connection, "INSERT INTO a VALUES(2)", nullptr, nullptr, nullptr);
        const std::string text = sqlite3_errmsg(connection);
        ::_exit(::write(answer_[1], text.data(), text.size()) > 0 ? 0 : 1);
    }
    std::array<int, 2> start_{};
    std::array<int, 2> answer_{};
    pid_t process_ = -1;
};

// The moment of a swap: it opened the old file by its old name, and must not write where nobody will look.
TEST_P(DatabaseClaim, AnOpenerThatWaitedThroughASwapFindsNoDatabase) {
    const Opener opener(path);
    LockedDatabase locked(path);
    ASSERT_TRUE(locked.claim_alone());
    opener.start();
    ASSERT_TRUE(becomes_true([&] { return !locked.still_alone(); }));
    system_files().rename(path, folder / "aside.db");
    locked.invalidate();
    locked.release();
    EXPECT_EQ(opener.answer(), "file is not a database");
}

// Root without CAP_LEASE, which then only the file's owner may have.
void drop_right_to_leases() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> rights{};
    if (::syscall(SYS_capget, &header, rights.data()) != 0) ::_exit(3);
    rights[0].effective &= ~(1U << CAP_LEASE);
    if (::syscall(SYS_capset, &header, rights.data()) != 0) ::_exit(3);
}

std::string claimed_without_lease(const std::string& path) {
    const pid_t child = ::fork();
    if (child == 0) {
        int answer = 3;
        try {
            drop_right_to_leases();
            LockedDatabase locked(path);
            answer = locked.claim_alone() && locked.still_alone() ? 0 : 1;
        } catch (const Error& error) {
            answer = error.code() == Code::busy ? 2 : 3;
        }
        ::_exit(answer);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const std::array<std::string, 4> answers{"claimed", "not alone", "locked out", "failed"};
    return answers.at(static_cast<std::size_t>(WEXITSTATUS(status)));
}

TEST_P(DatabaseClaim, LooksForHoldersWhereNoLeaseIsToBeHad) {
    if (!is_privileged()) GTEST_SKIP() << "needs root, to give the file to somebody else";
    system_files().set_owner(path, 65534, 65534);
    EXPECT_EQ(claimed_without_lease(path), "claimed");
    SqliteShell idle(path);
    idle.run("SELECT * FROM a;");
    EXPECT_EQ(claimed_without_lease(path), GetParam() == std::string("WAL") ? "locked out" : "not alone")
        << "a connection in WAL mode keeps a lock when it is idle";
}

} // namespace
} // namespace lockstep
