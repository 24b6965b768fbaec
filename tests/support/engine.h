// The engine itself, in a process of its own, on files that are watched: what the real executables can't be
// told to do, such as to die at the seventeenth call.
#pragma once

#include "tests/support/engine_here.h"
#include "tests/support/hooked_files.h"
#include "tests/support/seen_states.h"
#include "tests/support/workshop.h"

#include <functional>
#include <string>
#include <vector>

namespace lockstep {

// A small program to be installed as the engine where nobody runs it: the real one is most of what a sweep
// would write, copy and compare.
std::string small_engine();

// `arm` sets the hooks; it runs in the new process. Ran::out: a line "NUMBER NAME PATH" for each call that
// was begun; Ran::err: what a person reads.
using Arm = std::function<void(HookedFiles&)>;
Ran run_engine(const EngineRun& engine, const Arm& arm);

// The same in this process, whose hooks are set already; returns the exit code, and says on stderr what came
// of it. What is installed as the engine is the real one where `engine` names none.
int run_engine_here(const EngineRun& engine, HookedFiles& files);

// What Ran::out says.
std::vector<SeamCall> calls_of(const Ran& ran);

// As the kernel ends a process: nothing is tidied.
constexpr int killed = 137;
enum class Side { before, after };
Arm kill_at(int number, Side side);

// What becomes of data/log.db in 1.1.0: it stays beside data/register.db; or its table goes into that one,
// and history/audit.db is new.
enum class LogDatabase { stays, goes };

// A release 1.1.0 with two databases (data/register.db and data/log.db), its bundle, and an installation
// of 1.0.0 to copy from, with both versions' trees as an undisturbed update leaves them.
// With `reverts`, what was written since the update can be taken back with it.
class SwapWorkshop {
  public:
    // `more`: further lines of release.toml.
    explicit SwapWorkshop(const std::string& journal_mode = "DELETE", const std::string& more = {},
                          bool reverts = false, LogDatabase log = LogDatabase::stays);

    const Workshop& workshop() const { return workshop_; }
    const Tree& old_tree() const { return old_tree_; }
    const Tree& new_tree() const { return new_tree_; }
    std::string
    fresh(); // a copy of the installation of 1.0.0, in the one place of all copies; returns its root
    std::string updated();                                     // the same, updated, with the small engine
    void copy_to(bool updated, const std::string& root) const; // the same, to another place
    // Installs the small engine.
    EngineRun engine(EngineCommand command, const std::string& root) const;
    // An update that installs the real one, for the gate to call.
    EngineRun real_engine(const std::string& root) const;
    // The same by the real executable.
    std::vector<std::string> program(EngineCommand command, const std::string& root) const;
    Ran recover(const std::string& root) const { return workshop_.update(root, {"recover"}); }
    Ran apply(const std::string& root) const { return workshop_.apply(root, bundle_); }
    Ran roll_back(const std::string& root) const { return workshop_.update(root, {"rollback"}); }

    // Whether nothing was gone on with from such a state in this sweep.
    bool is_new(const std::string& root) { return seen_.is_new(root); }

    // What an interrupted run left that recovery should have removed; a line each.
    static std::string leftovers(const std::string& root);

  private:
    std::string copy_of(const std::string& from);
    void write_release(const std::string& more, bool reverts, LogDatabase log);
    Workshop workshop_;
    std::string bundle_;
    Tree old_tree_;
    Tree new_tree_;
    SeenStates seen_;
};

} // namespace lockstep
