// What a program asks of the kernel, seen and disturbed from outside by strace: the executable under test is
// the one that is shipped.
//
// Only the program's own process is counted, not its children. It runs in a process namespace of its own, so
// that /proc looks the same at each run and the calls have the same numbers.
#pragma once

#include "tests/support/run.h"

#include <functional>
#include <string>
#include <vector>

namespace lockstep {

struct SystemCall {
    std::string name; // "renameat2"
    int ordinal = 0;  // among the calls of this name, 1 for the first
    std::string text; // as strace shows it, with the paths of its descriptors
};

// Whether it changes the content, the names or the rights of a file, or writes them to the disk.
bool changes_files(const SystemCall& call);
// Whether it is known to change no file. A call that is neither is new here: look it up, and list it.
bool is_known_to_change_nothing(const SystemCall& call);

// The calls that a run of the program makes. Throws std::runtime_error where it ends with another code than
// 0.
std::vector<SystemCall> system_calls_of(const std::vector<std::string>& argv);
// The same of its children, and of threads that it may have. Calls of the program's own first thread left
// out.
std::vector<SystemCall> system_calls_of_children(const std::vector<std::string>& argv);

// The health command's program makes no call of one name more often, which CallsFromOutside looks at.
constexpr int most_calls_of_a_child = 70;

struct Disturbed {
    Ran ran;
    std::string at; // the text of the call that was disturbed; empty where the run never came to it
};
// `how`: what strace(1) takes for --inject: "signal=KILL" ends the program instead of the call, "error=EIO"
// and "retval=0" make the call return that without being made.
Disturbed run_disturbed(const std::vector<std::string>& argv, const SystemCall& call, const std::string& how);

// Stopped after this call, `meanwhile` is run, and the program goes on.
Disturbed run_stopped(const std::vector<std::string>& argv, const SystemCall& call,
                      const std::function<void()>& meanwhile);

// Whether this process may trace programs in a process namespace of their own.
bool can_trace();

} // namespace lockstep

#define NEEDS_STRACE()                                                                                       \
    if (!can_trace()) GTEST_SKIP() << "no program can be traced in a process namespace here"
