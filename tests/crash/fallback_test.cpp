// A volume that can't exchange two names: the whole way there and back, and what appears in the moment in
// which a name is free.
#include "tests/support/engine.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

void without_exchange(HookedFiles& files) {
    files.can_exchange = false;
}

std::string asides_in(const std::string& root) {
    std::string found;
    for (const auto& [path, content] : tree_of(root, true))
        if (path.find(".aside") != std::string::npos) found += path + "\n";
    return found;
}

class Fallback : public ::testing::Test {
  protected:
    SeamCall first_rename_to(const std::string& path_end) {
        const auto calls =
            calls_of(run_engine(shop_.engine(EngineCommand::update, shop_.fresh()), &without_exchange));
        const auto found = std::ranges::find_if(calls, [&](const SeamCall& call) {
            return call.name == "rename" && call.path.ends_with(path_end);
        });
        if (found == calls.end()) throw std::runtime_error("never reached: " + path_end);
        return *found;
    }
    // Killed when the old register is away and the new one isn't there yet.
    std::string killed_in_the_gap() {
        const int number = first_rename_to("/data/register.db").number;
        const std::string root = shop_.fresh();
        const Arm kill = kill_at(number, Side::before);
        const Ran ran = run_engine(shop_.engine(EngineCommand::update, root), [&](HookedFiles& files) {
            without_exchange(files);
            kill(files);
        });
        EXPECT_EQ(ran.code, killed);
        EXPECT_FALSE(fs::exists(root + "/data/register.db"));
        return root;
    }
    void expect_old_and_kept(const std::string& root, const std::string& words) {
        const Ran recovered = shop_.recover(root);
        EXPECT_EQ(recovered.code, 0) << recovered.err;
        EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
        const std::string kept = ".lockstep/backups/1-found/main.db.found";
        EXPECT_NE((recovered.out + recovered.err).find("it was kept as " + kept), std::string::npos)
            << recovered.out << recovered.err;
        EXPECT_NE(read_file(root + "/" + kept).find(words), std::string::npos);
        EXPECT_EQ(shop_.apply(root).code, 0);
        EXPECT_EQ(differences(shop_.new_tree(), tree_of(root)), "");
    }
    SwapWorkshop shop_;
};

TEST_F(Fallback, AnUpdateAndItsRollback) {
    const std::string root = shop_.fresh();
    const Ran there = run_engine(shop_.engine(EngineCommand::update, root), &without_exchange);
    EXPECT_EQ(there.code, 0) << there.err;
    EXPECT_EQ(differences(shop_.new_tree(), tree_of(root)), "");
    EXPECT_EQ(asides_in(root), "");
    const Ran back = run_engine(shop_.engine(EngineCommand::rollback, root), &without_exchange);
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
    EXPECT_EQ(asides_in(root), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

TEST_F(Fallback, KilledAtAnyRenameItIsRecoveredOnTheSameVolume) {
    SweepCount count("update without exchange, killed at a rename");
    const auto calls =
        calls_of(run_engine(shop_.engine(EngineCommand::update, shop_.fresh()), &without_exchange));
    for (const SeamCall& call : calls) {
        if (call.name != "rename") continue;
        SCOPED_TRACE("killed after " + std::to_string(call.number) + ": rename to " + call.path);
        count.tried();
        const std::string root = shop_.fresh();
        const Arm kill = kill_at(call.number, Side::after);
        run_engine(shop_.engine(EngineCommand::update, root), [&](HookedFiles& files) {
            without_exchange(files);
            kill(files);
        });
        const Ran recovered = run_engine(shop_.engine(EngineCommand::recover, root), &without_exchange);
        ASSERT_EQ(recovered.code, 0) << recovered.err;
        const Tree now = tree_of(root);
        EXPECT_EQ(differences(now == shop_.new_tree() ? shop_.new_tree() : shop_.old_tree(), now), "");
        EXPECT_EQ(asides_in(root), "");
        EXPECT_EQ(SwapWorkshop::leftovers(root), "");
    }
    EXPECT_GE(count.points(), 15);
}

TEST_F(Fallback, AFailedSwapIsUndone) {
    const int number = first_rename_to("/lib/added.txt").number;
    const std::string root = shop_.fresh();
    const Ran ran = run_engine(shop_.engine(EngineCommand::update, root), [&](HookedFiles& files) {
        without_exchange(files);
        files.before = [&](const SeamCall& call) {
            if (call.number == number)
                throw Error(Code::internal_error, "rename to", call.path, "Input/output error");
        };
    });
    EXPECT_EQ(ran.code, 30) << ran.err;
    EXPECT_NE(ran.err.find("Input/output error"), std::string::npos) << ran.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

TEST_F(Fallback, ACodeFileThatAppearsInTheWayIsLeftAndNamed) {
    const int number = first_rename_to("/lib/added.txt").number;
    const std::string root = shop_.fresh();
    const Ran ran = run_engine(shop_.engine(EngineCommand::update, root), [&](HookedFiles& files) {
        files.can_exchange = false;
        files.before = [&](const SeamCall& call) {
            if (call.number == number) write_file(root + "/lib/added.txt", "somebody else's");
        };
    });
    EXPECT_EQ(ran.code, 30) << ran.err;
    EXPECT_NE(ran.err.find("lib/added.txt was made by another program, and was left as it is"),
              std::string::npos)
        << ran.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "lib/added.txt is new\n");
    EXPECT_EQ(read_file(root + "/lib/added.txt"), "somebody else's");
}

TEST_F(Fallback, ADatabaseMadeAfterAKillInTheGapIsKept) {
    const std::string root = killed_in_the_gap();
    sqlite(root + "/data/register.db", "CREATE TABLE gap(words); INSERT INTO gap VALUES('made in the gap');");
    expect_old_and_kept(root, "made in the gap");
}

TEST_F(Fallback, ADatabaseWithAWalOfItsOwnMadeAfterAKillInTheGapIsKept) {
    const std::string root = killed_in_the_gap();
    const std::string sql =
        "PRAGMA journal_mode=WAL; CREATE TABLE gap(words); INSERT INTO gap VALUES('made in the gap');";
    run({"sh", "-c", "sqlite3 \"$1\" \"$2\" '.shell kill -9 $PPID'", "sh", root + "/data/register.db", sql});
    ASSERT_TRUE(fs::exists(root + "/data/register.db-wal"));
    expect_old_and_kept(root, "made in the gap");
}

TEST_F(Fallback, AFileThatIsNoDatabaseMadeAfterAKillInTheGapIsKept) {
    const std::string root = killed_in_the_gap();
    write_file(root + "/data/register.db",
               "no database, and long enough that nobody could take it for an empty one");
    expect_old_and_kept(root, "no database");
}

TEST_F(Fallback, AWalWithoutItsDatabaseIsNotPlayedIntoTheOldOne) {
    const std::string root = killed_in_the_gap();
    write_file(root + "/data/register.db-wal", "a stale WAL");
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
    EXPECT_EQ(read_file(root + "/.lockstep/backups/1-found/main.db.found-wal"), "a stale WAL");
}

// The old one has no slot but its gate's.
TEST(FallbackOfEntryPoints, MayBeRenamedThereAndBack) {
    Workshop workshop;
    fs::rename(workshop / "app-1.1.0/app", workshop / "app-1.1.0/start");
    const std::string release = workshop.release("1.1.0", {"1.0.0"});
    std::string text = read_file(release);
    text.replace(text.find("[\"app\"]"), 7, "[\"start\"]");
    text.replace(text.find("samples ="), 0, "entry_points = [\"app\"]\n");
    write_file(release, text);
    const std::string root = workshop.install("field");
    const Tree before = tree_of(root);
    EngineRun engine{.command = EngineCommand::update,
                     .root = root,
                     .bundle = workshop.bundle(release),
                     .key = workshop / "key.pub",
                     .executable = {}};
    const Ran there = run_engine(engine, &without_exchange);
    EXPECT_EQ(there.code, 0) << there.err;
    EXPECT_EQ(read_file(root + "/start"), read_file(workshop / "app-1.1.0/start"));
    EXPECT_FALSE(fs::exists(root + "/app"));
    engine.command = EngineCommand::rollback;
    const Ran back = run_engine(engine, &without_exchange);
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

} // namespace
} // namespace lockstep
