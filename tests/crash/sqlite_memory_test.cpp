// SQLite runs out of memory at its Nth allocation, for every N, once or from then on: the exit code is that
// of an internal error or of an undone swap, the installation is old or new, and recovery tidies.
#include "tests/support/failing_memory.h"
#include "tests/support/journey.h"
#include "tests/support/sweep.h"
#include "updater/locked_database.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep {
namespace {

constexpr int parts = 2;
constexpr int usual_stride = 397; // prime: no loop of the engine is in step with it
constexpr const char* reached = "reached\n";

Arm run_out_at(int number, bool lasting) {
    return [=](HookedFiles&) {
        fail_sqlite_memory(number, lasting, [] { static_cast<void>(!::write(1, reached, 8)); });
    };
}

// `part` of the points, every parts-th one.
void sweep(SwapWorkshop& shop, const Journey& journey, bool lasting, int part, const std::string& name) {
    SweepCount count("SQLite without memory, " + name);
    std::map<int, int> codes;
    std::set<int> allowed{0, 1, 3};
    if (journey.command != EngineCommand::recover) allowed.insert(30);
    if (lasting || journey.command != EngineCommand::update) allowed.insert(50); // the ledger can't be read
    const int step = stride(usual_stride);
    for (int number = 1 + part * step; !::testing::Test::HasFailure(); number += parts * step) {
        const std::string root = journey.start();
        const Ran ran = run_engine(shop.engine(journey.command, root), run_out_at(number, lasting));
        if (ran.out.find(reached) == std::string::npos) break;
        count.tried(), ++codes[ran.code];
        SCOPED_TRACE("allocation " + std::to_string(number) + ": exit " + std::to_string(ran.code) + "\n" +
                     ran.err);
        EXPECT_TRUE(allowed.contains(ran.code));
        if (arrival_of(ran) == Arrival::back) {
            EXPECT_NE(ran.err.find("out of memory"), std::string::npos);
        }
        expect_sound(shop, journey, root, ran);
    }
    for (const auto& [code, times] : codes) std::cout << " exit " << code << ": " << times;
    std::cout << '\n';
    EXPECT_GE(count.points() * step, 500);
}

// A database in UTF-16, each text of which SQLite has to convert, whose last rows are in its WAL.
std::string wal_in_utf16(const std::string& folder) {
    const std::string database = folder + "/utf16.db";
    const std::string sql = "PRAGMA encoding='UTF-16le'; PRAGMA journal_mode=WAL; CREATE TABLE t(x); "
                            "INSERT INTO t VALUES('kept'),('kept too');";
    run({"sh", "-c", "sqlite3 \"$1\" \"$2\" '.shell kill -9 $PPID'", "sh", database, sql});
    return database;
}

// In a process of its own; says whether the allocation was reached.
bool locked_without_memory(const std::string& database, int number) {
    const pid_t child = ::fork();
    if (child == 0) {
        bool was_reached = false;
        fail_sqlite_memory(number, false, [&] { was_reached = true; });
        try {
            const LockedDatabase locked(database);
        } catch (const Error& error) {
            if (error.code() != Code::internal_error) ::_exit(2);
        }
        ::_exit(was_reached ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_LT(status, 2 << 8) << "another error than an internal one, or none at all";
    return status != 0;
}

TEST(LockingWithoutMemory, LosesNothingOfAWal) {
    const TemporaryFolder folder;
    const std::string made = wal_in_utf16(folder.path());
    ASSERT_GT(std::filesystem::file_size(made + "-wal"), 0U);
    SweepCount count("a WAL locked without memory");
    const std::string database = folder / "field.db";
    for (int number = 1; !HasFailure(); ++number) {
        for (const std::string end : {"", "-wal"}) write_file(database + end, read_file(made + end));
        std::filesystem::remove(database + "-shm");
        if (!locked_without_memory(database, number)) break;
        count.tried();
        EXPECT_EQ(sqlite(database, "SELECT x FROM t"), "kept\nkept too\n") << "allocation " << number;
    }
    EXPECT_GE(count.points(), 20);
}

class SqliteMemory : public ::testing::TestWithParam<std::tuple<bool, int>> {
  protected:
    bool lasting() const { return std::get<0>(GetParam()); }
    int part() const { return std::get<1>(GetParam()); }
    SwapWorkshop shop_;
};

TEST_P(SqliteMemory, RunsOutInAnUpdate) {
    sweep(shop_, update_journey(shop_), lasting(), part(), "update");
}
TEST_P(SqliteMemory, RunsOutInARollback) {
    sweep(shop_, rollback_journey(shop_), lasting(), part(), "rollback");
}
TEST_P(SqliteMemory, RunsOutInARecovery) {
    sweep(shop_, recovery_journey(shop_, "rename", "/lib/added.txt"), lasting(), part(), "recovery");
}

INSTANTIATE_TEST_SUITE_P(Parts, SqliteMemory,
                         ::testing::Combine(::testing::Bool(), ::testing::Range(0, parts)),
                         [](const auto& part) {
                             return std::string(std::get<0>(part.param) ? "FromThenOn" : "Once") +
                                    std::to_string(std::get<1>(part.param));
                         });

} // namespace
} // namespace lockstep
