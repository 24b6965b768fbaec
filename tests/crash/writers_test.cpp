// Another program opens and writes the database between any two steps: the update says busy or succeeds, and
// every write that was acknowledged is in the live database afterwards.
#include "tests/support/engine.h"
#include "tests/support/sqlite_shell.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

constexpr const char* acknowledged = "acknowledged 1\n";

std::string write_lines(const std::string& database, const std::string& sql) {
    return ".open " + database + "\n.timeout 3000\n" + sql +
           "\nSELECT 'acknowledged ' || (total_changes() > 0);";
}

constexpr int patience_ms = 1000;

// The shell belongs to the test, and the engine's process tells it to write: it must neither wait for it nor
// outlive it.
Arm write_at(int number, SqliteShell& shell, const std::string& lines, bool can_exchange) {
    return [&shell, lines, number, can_exchange](HookedFiles& files) {
        files.can_exchange = can_exchange;
        files.before = [&shell, lines, number](const SeamCall& call) {
            if (call.number != number) return;
            shell.send(lines);
            static_cast<void>(shell.has_answer(patience_ms)); // it is done by then, or waits for us
        };
    };
}

struct Numbers {
    int first;
    int last;
};

// From the first copy of a database to the first tidying after the commit.
Numbers steps_around_the_swap(SwapWorkshop& shop) {
    const auto calls =
        calls_of(run_engine(shop.engine(EngineCommand::update, shop.fresh()), [](HookedFiles&) {}));
    const auto first = std::ranges::find_if(
        calls, [](const SeamCall& call) { return call.path.ends_with("/data/register.db"); });
    const auto last = std::ranges::find_if(
        calls, [](const SeamCall& call) { return call.path.ends_with("/.lockstep/backups/1"); });
    if (first == calls.end() || last == calls.end()) throw std::runtime_error("the swap was not reached");
    return {std::max(1, first->number - 12), last->number + 6};
}

// Of everything but the register, which holds what was written.
Tree others(Tree tree) {
    std::erase_if(tree, [](const auto& entry) { return entry.first.starts_with("data/register.db"); });
    return tree;
}

void sweep(const std::string& journal_mode) {
    SwapWorkshop shop(journal_mode);
    const Numbers numbers = steps_around_the_swap(shop);
    int busy = 0, updated = 0, written = 0;
    for (int number = numbers.first; number <= numbers.last && !::testing::Test::HasFailure(); ++number) {
        const std::string root = shop.fresh();
        const std::string database = root + "/data/register.db";
        SqliteShell shell(":memory:");
        const Ran ran = run_engine(
            shop.engine(EngineCommand::update, root),
            write_at(number, shell, write_lines(database, "INSERT INTO place(id,name) VALUES(99,'written');"),
                     true));
        const std::string answer = shell.answer(60000);
        shell.quit();
        SCOPED_TRACE("at call " + std::to_string(number) + ": " + answer + ran.err);
        ASSERT_TRUE(ran.code == 0 || ran.code == 13) << ran.code;
        const bool says_why = ran.err.find("in use by") != std::string::npos ||
                              ran.err.find("another program opened it") != std::string::npos;
        EXPECT_EQ(says_why, ran.code == 13);
        EXPECT_EQ(
            differences(others(ran.code == 0 ? shop.new_tree() : shop.old_tree()), others(tree_of(root))),
            "");
        const bool was_written = answer.find(acknowledged) != std::string::npos;
        EXPECT_EQ(asked(database, "SELECT name FROM place WHERE id=99;"), was_written ? "written\n" : "");
        EXPECT_EQ(
            asked(database, "PRAGMA integrity_check; PRAGMA journal_mode; SELECT count(*) FROM person;"),
            "ok\n" + std::string(journal_mode == "WAL" ? "wal" : "delete") + "\n50\n");
        EXPECT_EQ(SwapWorkshop::leftovers(root), "");
        ++(ran.code == 0 ? updated : busy);
        written += was_written;
    }
    std::cout << journal_mode << ": " << busy << " times busy, " << updated << " times updated; written "
              << written << " times\n";
    EXPECT_GT(busy, 0);
    EXPECT_GT(updated, 0);
    EXPECT_GT(written, 0);
}

TEST(Writers, AWriterBetweenAnyTwoStepsLosesNothing) {
    sweep("DELETE");
}
TEST(Writers, AWriterToAWalDatabaseBetweenAnyTwoStepsLosesNothing) {
    sweep("WAL");
}

TEST(Writers, AnIdleConnectionFromBeforeIsBusyAndNothingChanges) {
    for (const std::string journal_mode : {"DELETE", "WAL"}) {
        SwapWorkshop shop(journal_mode);
        const std::string root = shop.fresh();
        SqliteShell idle(root + "/data/register.db");
        EXPECT_EQ(idle.run("SELECT count(*) FROM person;"), "50\n");
        const Tree before = tree_of(root);
        const Ran ran = shop.apply(root);
        EXPECT_EQ(ran.code, 13) << ran.err;
        EXPECT_NE(ran.err.find("sqlite3 ("), std::string::npos) << "names who: " << ran.err;
        EXPECT_EQ(differences(before, tree_of(root)), "");
        EXPECT_EQ(idle.run("INSERT INTO place(id,name) VALUES(99,'written');"), "");
        idle.quit();
        EXPECT_EQ(asked(root + "/data/register.db", "SELECT name FROM place WHERE id=99;"), "written\n");
    }
}

// Everything in the tree that holds the words, with the state.
std::string places_of(const std::string& root, const std::string& words) {
    std::string places;
    for (const auto& [path, content] : tree_of(root, true))
        if (content.find(words) != std::string::npos) places += path + "\n";
    return places;
}

// Where two names can't change places at once, the database's name is free for a moment.
TEST(Writers, WithoutExchangeADatabaseThatAppearsInTheGapIsKeptAndNamed) {
    for (const std::string journal_mode : {"DELETE", "WAL"}) {
        SwapWorkshop shop;
        const auto without = [](HookedFiles& files) { files.can_exchange = false; };
        const auto calls = calls_of(run_engine(shop.engine(EngineCommand::update, shop.fresh()), without));
        const auto gap = std::ranges::find_if(calls, [](const SeamCall& call) {
            return call.name == "rename" && call.path.ends_with("/data/register.db");
        });
        ASSERT_NE(gap, calls.end());
        const std::string root = shop.fresh();
        SqliteShell shell(":memory:");
        // Its first line of output is the acknowledgement.
        const std::string made = "\n.output /dev/null\nPRAGMA journal_mode=" + journal_mode +
                                 ";\n.output stdout\n"
                                 "CREATE TABLE gap(words); INSERT INTO gap VALUES('made in the gap');";
        const Ran ran =
            run_engine(shop.engine(EngineCommand::update, root),
                       write_at(gap->number, shell, write_lines(root + "/data/register.db", made), false));
        const std::string answer = shell.answer(60000);
        EXPECT_NE(answer.find(acknowledged), std::string::npos) << answer << ran.err;
        EXPECT_EQ(ran.code, 30) << ran.err;
        EXPECT_EQ(differences(shop.old_tree(), tree_of(root)), "");
        EXPECT_NE(ran.err.find("kept as .lockstep/backups/1-found/main.db.found"), std::string::npos)
            << ran.err;
        const std::string places = places_of(root, "made in the gap");
        EXPECT_EQ(places.find(".lockstep/backups/1-found/main.db.found"), 0U) << places;
        shell.quit();
        EXPECT_EQ(shop.apply(root).code, 0);
        EXPECT_EQ(differences(shop.new_tree(), tree_of(root)), "");
        EXPECT_EQ(asked(root + "/.lockstep/backups/1-found/main.db.found", "SELECT words FROM gap;"),
                  "made in the gap\n");
    }
}

} // namespace
} // namespace lockstep
