// Kills the engine before and after every call that changes a file, as Windows ends a process, and lets the
// real executable recover: old or new, and from some point on always new.
//
//   kill_sweep UPDATE.EXE BUNDLE KEY.pub ORIGINAL UPDATED FIELD FIRST STEP
//
// ORIGINAL and UPDATED are installations before and after the update; FIELD is where a copy is updated. Every
// STEPth call is tried, from the FIRST on. Ends with "N points, forward from NUMBER", and with 1 where one
// ended otherwise. The same program, with "engine" for its first word, is the engine that is killed.
#include "tests/support/engine_here.h"
#include "tests/support/hooked_files.h"
#include "updater/process.h"
#include "win32/command_words.h"
#include "win32/system_error.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>

namespace {

using namespace lockstep;
namespace fs = std::filesystem;

constexpr UINT killed = 137;
constexpr const char* as_engine = "engine";

using Tree = std::map<std::string, std::string>; // path -> content; folders have none

Tree tree_of(const fs::path& folder) {
    Tree tree;
    for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator();
         ++entry) {
        if (entry->path().filename() == ".lockstep") {
            entry.disable_recursion_pending();
            continue;
        }
        std::ifstream file(entry->path(), std::ios::binary);
        tree[entry->path().lexically_relative(folder).generic_string()] = {
            std::istreambuf_iterator<char>(file), {}};
    }
    return tree;
}

struct Sweep {
    std::string update, bundle, key;
    fs::path original, updated;
    std::string field;
    int first = 1;
    int step = 1;
};

ProgramResult run_words(std::vector<std::string> words) {
    return run_program({std::move(words), parent_of(own_executable()), 120, 0, 0}, [] { return false; });
}

// Null where it held; else what is wrong.
std::string tried(const Sweep& sweep, int number, const std::string& side, bool& ended, bool& forward,
                  const Tree& before, const Tree& after) {
    fs::remove_all(sweep.field);
    fs::copy(sweep.original, sweep.field, fs::copy_options::recursive);
    const ProgramResult ran = run_words({own_executable(), as_engine, sweep.update, sweep.bundle, sweep.key,
                                         sweep.field, std::to_string(number), side});
    ended = ran.exit_code != static_cast<int>(killed);
    if (ended && ran.exit_code != 0) return "exit code " + std::to_string(ran.exit_code) + "\n" + ran.output;
    if (!ended) {
        const ProgramResult recovered = run_words({sweep.update, "--root", sweep.field, "recover"});
        if (recovered.exit_code != 0)
            return "recovery: exit code " + std::to_string(recovered.exit_code) + "\n" + recovered.output;
    }
    const Tree now = tree_of(sweep.field);
    if (now != before && now != after) return "neither the old version nor the new one";
    if (forward && now != after) return "back to the old version, after a point from which it went forward";
    forward = now == after;
    const fs::path work = fs::path(sweep.field) / ".lockstep/work";
    if (fs::exists(work) && !fs::is_empty(work)) return "something is left in the work area";
    return {};
}

int run_sweep(const Sweep& sweep) {
    const Tree before = tree_of(sweep.original);
    const Tree after = tree_of(sweep.updated);
    int points = 0;
    int turned = 0;
    bool forward = false;
    for (int number = sweep.first;; number += sweep.step)
        for (const std::string side : {"before", "after"}) {
            bool ended = false;
            const std::string wrong = tried(sweep, number, side, ended, forward, before, after);
            if (forward && turned == 0) turned = number;
            if (!wrong.empty()) {
                std::cout << side << " call " << number << ": " << wrong << '\n';
                return 1;
            }
            if (ended) {
                std::cout << points << " points, forward from " << turned << '\n';
                return 0;
            }
            ++points;
        }
}

// engine UPDATE.EXE BUNDLE KEY.pub ROOT NUMBER before|after, or NAME renamed: once a file came to have a
// name.
HookedFiles::Hook killing(const std::string& which, const std::string& side) {
    const auto kill = [] { ::TerminateProcess(::GetCurrentProcess(), killed); };
    if (side == "renamed")
        return [=](const SeamCall& call) {
            if (call.name == "rename" && call.path.ends_with("/" + which)) kill();
        };
    return [=, number = std::stoi(which)](const SeamCall& call) {
        if (call.number == number) kill();
    };
}

int run_engine(const std::vector<std::string>& words) {
    const EngineRun engine{EngineCommand::update, words[5], words[3], words[4], words[2]};
    HookedFiles files;
    (words[7] == "before" ? files.before : files.after) = killing(words[6], words[7]);
    return perform_engine(engine, files);
}

} // namespace

int main() {
    try {
        const std::vector<std::string> words = own_words();
        if (words.size() == 8 && words[1] == as_engine) return run_engine(words);
        if (words.size() != 9) return 2;
        return run_sweep({words[1], words[2], words[3], words[4], words[5], words[6], std::stoi(words[7]),
                          std::stoi(words[8])});
    } catch (const std::exception& error) {
        std::cout << error.what() << '\n';
        return 2;
    }
}
