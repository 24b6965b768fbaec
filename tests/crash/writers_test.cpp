// Another program opens and writes the database between any two steps: the update says busy or succeeds, and
// every write that was acknowledged is in the live database afterwards.
#include "tests/support/hooked_sqlite.h"
#include "tests/support/journey.h"
#include "tests/support/sqlite_shell.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <sqlite3.h>

namespace lockstep {
namespace {

constexpr const char* acknowledged = "acknowledged\n";
constexpr int patience_ms = 500; // the engine goes on then, and the other program waits for it

// What another program does at one step of the engine, and afterwards through the same connection.
struct Visit {
    std::string name;
    std::string first;   // SQL at the step; writes "first", or nothing
    std::string end;     // of the transaction that `first` began
    bool killed = false; // it ends at the step, and never comes to `end`
};

// Pages that don't fit into the cache are in the file, and in the journal, before the transaction's end.
const std::string spilling =
    "PRAGMA cache_size=1; BEGIN IMMEDIATE; INSERT INTO place(id,name) VALUES(98,'first');"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000) "
    "INSERT INTO person(name) SELECT 'half' FROM n;";

const Visit visits[] = {
    {"Opens", "", ""},
    {"Reads", "SELECT count(*) FROM person;", ""},
    {"ReadsMapped", "PRAGMA mmap_size=1048576; SELECT count(*) FROM person;", ""},
    {"Writes", "INSERT INTO place(id,name) VALUES(98,'first');", ""},
    {"KeepsTheLock", "PRAGMA locking_mode=EXCLUSIVE; INSERT INTO place(id,name) VALUES(98,'first');", ""},
    {"HoldsARead", "BEGIN; SELECT count(*) FROM person;", "COMMIT;"},
    {"HoldsAWrite", "BEGIN IMMEDIATE; INSERT INTO place(id,name) VALUES(98,'first');", "COMMIT;"},
    {"IsKilled", spilling, "", true},
};

std::string opening(const std::string& database, const std::string& journal_mode, bool waits) {
    std::string lines = ".open " + database + "\n.timeout " + (waits ? "3000" : "0") + "\n";
    if (journal_mode != "DELETE" && journal_mode != "WAL") // those two are the file's own here
        lines += "PRAGMA journal_mode=" + journal_mode + ";\n";
    return lines;
}

bool says_error(const std::string& answer) {
    return answer.find("rror") != std::string::npos;
}

enum class Steps { of_the_seam, of_sqlite }; // the calls between which the other program comes

// A call of the engine's SQLite on a live register, or on the trial copy that takes its place.
bool is_on_register(const SeamCall& call) {
    return call.path.find("/data/register.db") != std::string::npos ||
           call.path.find("/slots/main.db") != std::string::npos;
}

// Runs `act` before step `number`. The engine doesn't wait for locks that the other program keeps until the
// engine has ended.
Arm at_step(Steps steps, int number, bool can_exchange, std::function<void()> act) {
    return [=](HookedFiles& files) {
        files.can_exchange = can_exchange;
        if (steps == Steps::of_the_seam)
            files.before = [=](const SeamCall& call) {
                if (call.number == number) act();
            };
        const auto count = std::make_shared<int>(0);
        const auto before = [=](const SeamCall& call) {
            if (steps == Steps::of_sqlite && is_on_register(call) && ++*count == number) act();
            return call.name == "sleep" ? SQLITE_BUSY : SQLITE_OK;
        };
        hook_sqlite(before, [](const SeamCall&) { return SQLITE_OK; });
    };
}

// The shell belongs to the test, and the engine's process tells it what to do: it must neither wait for it
// nor outlive it.
void visit(SqliteShell& shell, const std::string& lines, bool killed) {
    shell.send(lines);
    static_cast<void>(shell.has_answer(patience_ms)); // it is done by then, or waits for us
    if (killed) ::kill(shell.process(), SIGKILL);
}

// Of everything but the register, which holds what was written.
Tree others(Tree tree) {
    std::erase_if(tree, [](const auto& entry) { return entry.first.starts_with("data/register.db"); });
    return tree;
}

struct Acknowledged {
    bool first = false;
    bool last = false;
};

// What the other program was told, and what it is told of a write afterwards.
Acknowledged ask(SqliteShell& shell, const Visit& visit) {
    Acknowledged told;
    if (visit.killed) {
        shell.kill(); // waits until the system has let its locks go
        return told;
    }
    told.first = shell.answer(60000).find(acknowledged) != std::string::npos;
    if (!visit.end.empty() && says_error(shell.run(visit.end))) told.first = false;
    told.last = !says_error(shell.run("INSERT INTO place(id,name) VALUES(99,'last');"));
    return told;
}

struct Swept {
    EngineCommand command;
    std::string journal_mode;
    Visit visit;
    Steps steps;
    bool can_exchange;
};

class VisitSweep {
  public:
    VisitSweep(SwapWorkshop& shop, const Swept& swept)
        : swept_(swept), shop_(shop),
          journey_(swept.command == EngineCommand::update ? update_journey(shop) : rollback_journey(shop)) {}

    void run(int step) {
        const auto [first, last] = steps_around_the_swap();
        for (int number = first; number <= last && !::testing::Test::HasFailure(); number += step)
            try_at(number, (number - first) / step % 2 == 0);
        for (int number = first; number <= last && !::testing::Test::HasFailure(); number += step)
            if (swept_.steps == Steps::of_the_seam) try_at(number, (number - first) / step % 2 == 1);
    }

    const std::map<int, int>& codes() const { return codes_; }
    int points() const { return points_; }
    int written() const { return written_; }

  private:
    // From the first copy of a database to the first tidying after the commit.
    std::pair<int, int> steps_around_the_swap() {
        if (swept_.steps == Steps::of_sqlite) return {1, calls_on_register()};
        const auto calls =
            calls_of(run_engine(shop_.engine(swept_.command, journey_.start()), [](HookedFiles&) {}));
        const auto begin = std::ranges::find_if(
            calls, [](const SeamCall& call) { return call.path.ends_with("/backup/main.db"); });
        const auto end = std::ranges::find_if(calls, [](const SeamCall& call) {
            return call.path.find("/.lockstep/backups/") != std::string::npos && call.name == "rename";
        });
        if (begin == calls.end() || end == calls.end()) throw std::runtime_error("the swap was not reached");
        return {std::max(1, begin->number - 12), end->number + 6};
    }

    int calls_on_register() {
        const auto count = [](HookedFiles&) {
            const auto before = [](const SeamCall& call) {
                if (is_on_register(call)) static_cast<void>(!::write(1, "on register\n", 12));
                return SQLITE_OK;
            };
            hook_sqlite(before, [](const SeamCall&) { return SQLITE_OK; });
        };
        const Ran ran = run_engine(shop_.engine(swept_.command, journey_.start()), count);
        int calls = 0;
        for (std::size_t place = ran.out.find("on register\n"); place != std::string::npos;
             place = ran.out.find("on register\n", place + 1))
            ++calls;
        return calls;
    }

    void try_at(int number, bool waits) {
        const std::string root = journey_.start();
        const std::string database = root + "/data/register.db";
        SqliteShell shell(":memory:");
        shell.run(""); // it has started, and acts when it is told to
        const std::string lines = opening(database, swept_.journal_mode, waits) + swept_.visit.first +
                                  "\nSELECT 'acknowledged' WHERE total_changes() > 0;";
        const Visit& visited = swept_.visit;
        const Ran ran = run_engine(
            shop_.engine(swept_.command, root),
            at_step(swept_.steps, number, swept_.can_exchange, [&] { visit(shell, lines, visited.killed); }));
        const Acknowledged told = ask(shell, visited);
        if (!visited.killed) shell.quit();
        SCOPED_TRACE("at step " + std::to_string(number) + (waits ? ", waiting" : ", not waiting") +
                     ": exit " + std::to_string(ran.code) + "\n" + ran.err);
        ++points_, ++codes_[ran.code], written_ += told.first + told.last;
        check(root, ran, told);
    }

    void check(const std::string& root, const Ran& ran, const Acknowledged& told) {
        ASSERT_TRUE(ran.code == 0 || ran.code == 13 || (ran.code == 30 && !swept_.can_exchange));
        const bool says_why = ran.err.find("in use by") != std::string::npos ||
                              ran.err.find("another program opened it") != std::string::npos;
        EXPECT_EQ(says_why, ran.code == 13);
        EXPECT_EQ(differences(others(ran.code == 0 ? journey_.to : journey_.from), others(tree_of(root))),
                  "");
        const std::string database = root + "/data/register.db";
        EXPECT_EQ(asked(database,
                        "SELECT name FROM place WHERE id IN (98, 99) ORDER BY id;"
                        "PRAGMA integrity_check; PRAGMA journal_mode; SELECT count(*) FROM person;"),
                  std::string(told.first ? "first\n" : "") + (told.last ? "last\n" : "") + "ok\n" +
                      (swept_.journal_mode == "WAL" ? "wal" : "delete") + "\n50\n");
        if (ran.code != 30) { // what was made in the gap is kept
            EXPECT_EQ(SwapWorkshop::leftovers(root), "");
        }
    }

    Swept swept_;
    SwapWorkshop& shop_;
    Journey journey_;
    std::map<int, int> codes_;
    int points_ = 0;
    int written_ = 0;
};

void print(const std::string& name, const Swept& swept, const VisitSweep& sweep) {
    std::cout << name << ", " << swept.journal_mode << ", " << swept.visit.name << ":";
    for (const auto& [code, times] : sweep.codes()) std::cout << " exit " << code << ": " << times;
    std::cout << "; written " << sweep.written() << " times\n";
}

constexpr int usual_stride = 29;

// An application that is killed in a transaction without a journal ruins its own database.
bool survives(const std::string& journal_mode, const Visit& visit) {
    return !visit.killed || (journal_mode != "MEMORY" && journal_mode != "OFF");
}

class Visitor : public ::testing::TestWithParam<std::string> {
  protected:
    void sweep(const std::string& name, EngineCommand command, Steps steps, bool can_exchange, int usual) {
        SwapWorkshop shop(GetParam() == "WAL" ? "WAL" : "DELETE");
        SweepCount count(name);
        for (const Visit& visit : visits) {
            if (!survives(GetParam(), visit)) continue;
            const Swept swept{command, GetParam(), visit, steps, can_exchange};
            VisitSweep all(shop, swept);
            all.run(stride(usual));
            for (int i = 0; i < all.points(); ++i) count.tried();
            print(name, swept, all);
            if (HasFailure()) return;
            EXPECT_GE(all.points(), 4);
            if (!every_point() || visit.killed) continue;
            EXPECT_TRUE(all.codes().contains(0)) << visit.name;
            EXPECT_TRUE(all.codes().contains(13)) << visit.name;
            EXPECT_GT(all.written(), 0) << visit.name;
        }
    }
};

TEST_P(Visitor, BetweenAnyTwoStepsOfAnUpdateLosesNothing) {
    sweep("visitors of an update", EngineCommand::update, Steps::of_the_seam, true, usual_stride);
}

class VisitorToTheFile : public Visitor {}; // the other journal modes are a connection's own
TEST_P(VisitorToTheFile, BetweenAnyTwoStepsOfARollbackLosesNothing) {
    sweep("visitors of a rollback", EngineCommand::rollback, Steps::of_the_seam, true, usual_stride);
}
TEST_P(VisitorToTheFile, BetweenAnyTwoStepsWithoutExchangeLosesNothing) {
    sweep("visitors of an update without exchange", EngineCommand::update, Steps::of_the_seam, false,
          usual_stride);
}
TEST_P(VisitorToTheFile, BetweenAnyTwoCallsOfSqliteLosesNothing) {
    sweep("visitors between calls of SQLite", EngineCommand::update, Steps::of_sqlite, true, usual_stride);
}

std::string as_it_is(const ::testing::TestParamInfo<std::string>& journal_mode) {
    return journal_mode.param;
}
INSTANTIATE_TEST_SUITE_P(In, Visitor,
                         ::testing::Values("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF", "WAL"),
                         &as_it_is);
INSTANTIATE_TEST_SUITE_P(In, VisitorToTheFile, ::testing::Values("DELETE", "WAL"), &as_it_is);

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
        shell.run("");
        // Its first line of output is the acknowledgement.
        const std::string made = "\n.output /dev/null\nPRAGMA journal_mode=" + journal_mode +
                                 ";\n.output stdout\n"
                                 "CREATE TABLE gap(words); INSERT INTO gap VALUES('made in the gap');\n"
                                 "SELECT 'acknowledged' WHERE total_changes() > 0;";
        const std::string lines = opening(root + "/data/register.db", "DELETE", true) + made;
        const Ran ran =
            run_engine(shop.engine(EngineCommand::update, root),
                       at_step(Steps::of_the_seam, gap->number, false, [&] { visit(shell, lines, false); }));
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
