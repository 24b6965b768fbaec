// The model's steps are the real engine's calls, in this order and under these locks: else what spin finds of
// the model would say nothing of the engine.
#include "tests/support/engine.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <unistd.h>

namespace lockstep {
namespace {

// How many files this process has locked for writing, and how many it has a lease on: proc_locks(5).
std::string held_files() {
    std::set<std::string> locked, claimed;
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, manner, access, process, file;
        words >> number >> kind >> manner >> access >> process >> file;
        if (process != std::to_string(::getpid()) || access != "WRITE") continue;
        if (kind == "POSIX") locked.insert(file);
        if (kind == "LEASE") claimed.insert(file);
    }
    return std::to_string(locked.size()) + " locked, " + std::to_string(claimed.size()) + " claimed";
}

std::string ledger_state(const std::string& root) {
    const std::map<std::string, std::string> names{{"1|0\n", "intent"},
                                                   {"2|0\n", "committed"},
                                                   {"3|0\n", "undone"},
                                                   {"2|1\n", "closed"},
                                                   {"3|1\n", "closed"}};
    const std::string state = sqlite(root + "/.lockstep/ledger.db",
                                     "SELECT state,closed FROM transactions ORDER BY id DESC LIMIT 1");
    const auto name = names.find(state);
    return name == names.end() ? std::string() : name->second;
}

// What the path of each placement is in the model, which has one of each kind and no folders.
std::string placement_name(const std::string& path, EngineCommand command) {
    const bool update = command == EngineCommand::update;
    const std::map<std::string, std::string> names{
        {"data/register.db", "database 0"},
        {"data/log.db", "database 1"},
        {"lib/added.txt", update ? "added file" : "removed file"},
        {"lib/changed.txt", "changed file"},
        {"lib/removed.txt", update ? "removed file" : "added file"},
        {"app", "entry point"},
    };
    const auto name = names.find(path);
    return name == names.end() ? std::string() : name->second;
}

// The steps that one run takes, from its calls; the state of the ledger is asked before each.
class Recorder {
  public:
    Recorder(const EngineRun& engine, std::string transaction)
        : root_(engine.root), command_(engine.command), transaction_(std::move(transaction)) {}

    void before(const SeamCall& call) {
        if (!begun_ && call.name == "sync_volume") begun_ = true, tell("sync staged");
        if (!begun_ || ended_) return;
        tell_ledger();
        if (call.name == "sync_folder") return tell("sync folders");
        if (call.name == "rename" && call.path.ends_with("/backups/" + transaction_)) return end("retire");
        if (call.name.starts_with("remove_") && call.path.find("/.lockstep/") != std::string::npos)
            return end("discard");
        tell_placed(call);
    }
    void tell_ledger() {
        const std::string state = ledger_state(root_);
        if (state.empty() || state == ledger_) return;
        ledger_ = state;
        tell("ledger " + state);
    }

  private:
    void tell_placed(const SeamCall& call) {
        if (call.name != "rename" && call.name != "exchange") return;
        const bool leaves = call.path.find("/.lockstep/") != std::string::npos;
        const std::string path = (leaves ? call.from : call.path).substr(root_.size() + 1);
        const std::string name = placement_name(path, command_);
        if (!name.empty()) tell(name + " " + goal(name) + ", " + held_files());
    }
    // An entry point gets its gate, then what the outcome says; the rest is new until the first error.
    std::string goal(const std::string& name) {
        if (ledger_ == "committed") return "new";
        if (ledger_ == "undone") return "old";
        if (name == "entry point") return "gate";
        return placed_.insert(name).second && !failing_ ? "new" : (failing_ = true, "old");
    }
    void end(const std::string& step) {
        tell(step);
        ended_ = true;
    }
    // Consecutive equal ones are one: each volume, each folder.
    void tell(const std::string& step) {
        if (step == last_) return;
        last_ = step;
        const std::string line = "0 step " + step + "\n";
        static_cast<void>(!::write(STDOUT_FILENO, line.data(), line.size()));
    }

    std::string root_;
    EngineCommand command_;
    std::string transaction_;
    std::string ledger_;
    std::string last_;
    std::set<std::string> placed_;
    bool begun_ = false;
    bool ended_ = false;
    bool failing_ = false;
};

std::string told_steps(const Ran& ran) {
    std::string steps;
    for (const SeamCall& call : calls_of(ran))
        if (call.name == "step") steps += call.path + "\n";
    return steps;
}

// Where the exchange of a path that ends with `fails`, if any, fails.
std::string steps_of(const EngineRun& engine, const std::string& transaction, const std::string& fails,
                     int code) {
    const Ran ran = run_engine(engine, [&](HookedFiles& files) {
        const auto recorder = std::make_shared<Recorder>(engine, transaction);
        files.before = [recorder, fails](const SeamCall& call) {
            recorder->before(call);
            if (!fails.empty() && call.name == "exchange" && call.path.ends_with(fails))
                throw Error(Code::internal_error, call.name, call.path, "Input/output error");
        };
    });
    EXPECT_EQ(ran.code, code) << ran.err;
    return told_steps(ran) + "ledger " + ledger_state(engine.root) + "\n";
}

std::string steps_of_model(const std::vector<std::string>& options) {
    std::vector<std::string> argv{source_file("tests/model/check"), "steps", "-DDATABASES=2"};
    argv.insert(argv.end(), options.begin(), options.end());
    const Ran ran = run(argv);
    EXPECT_EQ(ran.code, 0) << ran.err;
    std::cout << std::ranges::count(ran.out, '\n') << " steps\n";
    EXPECT_GE(std::ranges::count(ran.out, '\n'), 16);
    return ran.out;
}

TEST(ModelSteps, AreThoseOfAnUpdate) {
    SwapWorkshop shop;
    EXPECT_EQ(steps_of(shop.engine(EngineCommand::update, shop.fresh()), "1", {}, 0), steps_of_model({}));
}

TEST(ModelSteps, AreThoseOfARollback) {
    SwapWorkshop shop;
    EXPECT_EQ(steps_of(shop.engine(EngineCommand::rollback, shop.updated()), "2", {}, 0),
              steps_of_model({"-DROLLBACK"}));
}

TEST(ModelSteps, AreThoseOfAnUndo) {
    SwapWorkshop shop;
    EXPECT_EQ(steps_of(shop.engine(EngineCommand::update, shop.fresh()), "1", "/lib/changed.txt", 30),
              steps_of_model({"-DFAIL_AT_CHANGED"}));
}

} // namespace
} // namespace lockstep
