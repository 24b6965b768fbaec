#include "tests/support/system_calls.h"

#include "tests/support/temporary_folder.h"
#include "tests/support/tree.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <future>
#include <iterator>
#include <map>
#include <sched.h>
#include <set>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace lockstep {
namespace {

std::set<std::string> words_of(const std::string& text) {
    std::istringstream words(text);
    return {std::istream_iterator<std::string>(words), {}};
}

// By syscalls(2): what can change a file, or wait for the disk. Of open, mmap and ioctl only some do.
const std::set<std::string> changing = words_of(
    "chmod chown copy_file_range creat fallocate fchmod fchmodat fchown fchownat fdatasync "
    "fremovexattr fsetxattr fsync ftruncate futimesat lchown link linkat lremovexattr lsetxattr mkdir "
    "mkdirat mknod mknodat msync pwrite64 pwritev pwritev2 removexattr rename renameat renameat2 "
    "rmdir sendfile setxattr splice symlink symlinkat sync sync_file_range syncfs truncate unlink "
    "unlinkat utime utimensat utimes write writev");

const std::set<std::string> harmless = words_of(
    "access arch_prctl brk chdir clock_nanosleep clone close close_range connect dup2 execve exit exit_group "
    "faccessat2 fcntl flock fork fstat fstatfs futex getcwd getdents64 geteuid getgroups getpid "
    "getppid getrandom gettid getuid getxattr ioctl kill lgetxattr listxattr llistxattr lseek lstat "
    "mmap mprotect mremap munmap newfstatat openat openat2 pipe2 poll prctl pread64 prlimit64 read readlink "
    "restart_syscall rseq rt_sigaction rt_sigprocmask rt_sigreturn sched_getaffinity set_robust_list "
    "set_tid_address setgid "
    "setgroups "
    "setsid setuid socket stat statfs wait4 waitid");

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// On a pipe, a terminal or /dev/null nothing is kept.
bool is_on_no_file(const std::string& text) {
    return has(text, "<pipe:") || has(text, "</dev/null>") || has(text, "</dev/pts/");
}

bool makes_a_file(const std::string& text) {
    return has(text, "O_CREAT") || has(text, "O_TRUNC");
}

bool writes_through_memory(const std::string& text) {
    return has(text, "MAP_SHARED") && has(text, "PROT_WRITE");
}

std::vector<std::string> traced(const std::string& log, const std::vector<std::string>& options,
                                const std::vector<std::string>& argv) {
    std::vector<std::string> words{"unshare", "--pid", "--fork", "--mount-proc"};
    if (::geteuid() != 0) words.insert(words.end(), {"--user", "--map-current-user"});
    // On one processor nothing runs beside the thread that is traced.
    words.insert(words.end(), {"taskset", "--cpu-list", std::to_string(::sched_getcpu())});
    words.insert(words.end(), {"strace", "-y", "-o", log});
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), argv.begin(), argv.end());
    return words;
}

// "NAME(ARGUMENTS…", each with its number; lines of signals and ends, and second halves, are left out.
class Numbering {
  public:
    void add(const std::string& line, std::vector<SystemCall>& calls) {
        const std::size_t end = line.find('(');
        const bool begins = end != std::string::npos && end > 0 &&
                            line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == end;
        if (!begins) return;
        const std::string name = line.substr(0, end);
        calls.push_back({name, ++counts_[name], line});
    }

  private:
    std::map<std::string, int> counts_;
};

std::string traced_run(const std::vector<std::string>& options, const std::vector<std::string>& argv) {
    const TemporaryFolder folder;
    const Ran ran = run(traced(folder / "log", options, argv));
    if (ran.code != 0) throw std::runtime_error(argv.front() + " failed under strace: " + ran.err);
    return read_file(folder / "log");
}

std::string last_line_with(const std::string& log, const std::string& part) {
    std::istringstream lines(log);
    std::string found;
    for (std::string line; std::getline(lines, line);)
        if (has(line, part)) found = line;
    return found;
}

// Stops the program at calls of this name only, where that disturbs no child (with --follow-forks each has a
// count of its own) and sends no signal, which gets lost at such a stop.
std::vector<std::string> injecting(const SystemCall& call, const std::string& how) {
    std::vector<std::string> options{"-e", "trace=" + call.name, "-e",
                                     "inject=" + call.name + ":" + how +
                                         ":when=" + std::to_string(call.ordinal)};
    if (call.ordinal > most_calls_of_a_child && !how.starts_with("signal="))
        options.insert(options.end(), {"--follow-forks", "--seccomp-bpf"});
    return options;
}

// By its command line, which is this one only: the tracer's is longer.
pid_t process_running(const std::vector<std::string>& argv) {
    std::string wanted;
    for (const std::string& word : argv) wanted += word + '\0';
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") == std::string::npos &&
            read_file(entry.path() / "cmdline") == wanted)
            return std::stoi(name);
    }
    throw std::runtime_error("the stopped program isn't there");
}

} // namespace

bool changes_files(const SystemCall& call) {
    if (call.name == "open" || call.name == "openat" || call.name == "openat2")
        return makes_a_file(call.text);
    if (call.name == "mmap") return writes_through_memory(call.text);
    if (call.name == "ioctl") return has(call.text, "FICLONE");
    return changing.contains(call.name) && !is_on_no_file(call.text);
}

bool is_known_to_change_nothing(const SystemCall& call) {
    if (changes_files(call)) return false;
    return harmless.contains(call.name) || (changing.contains(call.name) && is_on_no_file(call.text));
}

std::vector<SystemCall> system_calls_of(const std::vector<std::string>& argv) {
    std::istringstream lines(traced_run({}, argv));
    std::vector<SystemCall> calls;
    Numbering numbering;
    for (std::string line; std::getline(lines, line);) numbering.add(line, calls);
    return calls;
}

std::vector<SystemCall> system_calls_of_children(const std::vector<std::string>& argv) {
    std::istringstream lines(traced_run({"-f"}, argv));
    std::vector<SystemCall> calls;
    std::map<std::string, Numbering> numberings;
    std::string first;
    std::string process;
    for (std::string rest; lines >> process && std::getline(lines >> std::ws, rest);) {
        if (first.empty()) first = process;
        if (process != first) numberings[process].add(rest, calls);
    }
    return calls;
}

Disturbed run_disturbed(const std::vector<std::string>& argv, const SystemCall& call,
                        const std::string& how) {
    const TemporaryFolder folder;
    Disturbed disturbed;
    disturbed.ran = run(traced(folder / "log", injecting(call, how), argv));
    const std::string log = read_file(folder / "log");
    if (how.starts_with("signal="))
        disturbed.at = has(log, "+++ killed by SIGKILL +++") ? last_line_with(log, call.name + "(") : "";
    else
        disturbed.at = last_line_with(log, "(INJECTED)");
    return disturbed;
}

Disturbed run_stopped(const std::vector<std::string>& argv, const SystemCall& call,
                      const std::function<void()>& meanwhile) {
    const TemporaryFolder folder;
    const std::string log = folder / "log";
    const auto words = traced(log, injecting(call, "signal=STOP"), argv);
    auto running = std::async(std::launch::async, [&] { return run(words); });
    Disturbed disturbed;
    while (running.wait_for(std::chrono::milliseconds(1)) == std::future_status::timeout) {
        if (!disturbed.at.empty() || !has(read_file(log), "--- stopped by SIGSTOP ---")) continue;
        disturbed.at = last_line_with(read_file(log), call.name + "(");
        meanwhile();
        ::kill(process_running(argv), SIGCONT);
    }
    disturbed.ran = running.get();
    return disturbed;
}

bool can_trace() {
    const TemporaryFolder folder;
    return run(traced(folder / "log", {}, {"/bin/true"})).code == 0;
}

} // namespace lockstep
