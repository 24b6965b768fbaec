#include "updater/posix_program.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace lockstep {
namespace {

struct Pipe {
    Descriptor reading;
    Descriptor writing;
};

Pipe make_pipe() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) throw system_error(errno, "make", "a pipe");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// Everything the child needs, made before fork(): after it, in a process with threads, only what is safe in a
// signal handler may be called, and no memory be asked for.
struct Prepared {
    std::vector<char*> argv;
    const char* folder = nullptr;
    bool change_user = false;
    uid_t owner = 0;
    gid_t group = 0;
    std::vector<gid_t> groups;
    pid_t parent = 0;
    int null = -1;
    int output = -1;
    int report = -1; // errno is written here where the program can't be started
};

std::vector<gid_t> groups_of(uid_t owner, gid_t group) {
    std::vector<char> room(16384);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(owner, &entry, room.data(), room.size(), &found) != 0 || !found) return {group};
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    while (::getgrouplist(found->pw_name, group, groups.data(), &count) < 0)
        groups.resize(static_cast<std::size_t>(count));
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

Prepared prepare(const ProgramToRun& program) {
    Prepared prepared;
    for (const std::string& word : program.argv) prepared.argv.push_back(const_cast<char*>(word.c_str()));
    prepared.argv.push_back(nullptr);
    prepared.folder = program.folder.c_str();
    prepared.change_user = is_privileged();
    prepared.owner = program.owner;
    prepared.group = program.group;
    if (prepared.change_user) prepared.groups = groups_of(program.owner, program.group);
    prepared.parent = ::getpid();
    return prepared;
}

void restore_signals() {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal)
        ::sigaction(signal, &action, nullptr); // refused for SIGKILL, SIGSTOP
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The report's descriptor must close by itself when the program starts; so do all others.
void close_on_exec() {
    if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
    const auto most = static_cast<int>(::sysconf(_SC_OPEN_MAX)); // a kernel before 5.11
    for (int number = 3; number < most; ++number) ::fcntl(number, F_SETFD, FD_CLOEXEC);
}

bool become(const Prepared& to) {
    if (to.change_user && (::setgroups(to.groups.size(), to.groups.data()) != 0 || ::setgid(to.group) != 0 ||
                           ::setuid(to.owner) != 0))
        return false;
    // After setuid(), which clears it.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
    if (::getppid() != to.parent) ::_exit(127); // it ended before prctl()
    return ::chdir(to.folder) == 0;
}

[[noreturn]] void run_in_child(const Prepared& prepared) {
    if (::setsid() > 0 && ::dup2(prepared.null, 0) == 0 && ::dup2(prepared.output, 1) == 1 &&
        ::dup2(prepared.output, 2) == 2 && become(prepared)) {
        close_on_exec();
        restore_signals();
        ::execv(prepared.argv[0], prepared.argv.data());
    }
    const int failure = errno;
    static_cast<void>(!::write(prepared.report, &failure, sizeof failure));
    ::_exit(127);
}

// Waits until the group's number comes, and then until the pipe closes, which the kernel does for whoever is
// killed. It holds nothing but the pipe: a lock that the updater has must not stay with it.
[[noreturn]] void keep(int lifeline) {
    ::setsid(); // away from the terminal's Ctrl-C
    if (lifeline != 3) ::dup2(lifeline, 3);
    for (const int number : {0, 1, 2}) ::close(number);
    if (::close_range(4, ~0U, 0) != 0) {
        const auto most = static_cast<int>(::sysconf(_SC_OPEN_MAX)); // a kernel before 5.9
        for (int number = 4; number < most; ++number) ::close(number);
    }
    pid_t group = 0;
    const bool told = uninterrupted([&] { return ::read(3, &group, sizeof group); }) == sizeof group;
    char more = 0;
    static_cast<void>(uninterrupted([&] { return ::read(3, &more, 1); }));
    if (told && group > 1) ::kill(-group, SIGKILL);
    ::_exit(0);
}

// While a signal is handled in the child with the parent's handlers, it would be the child that notes it.
class SignalsHeldBack {
  public:
    SignalsHeldBack() {
        sigset_t all;
        sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsHeldBack() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsHeldBack(const SignalsHeldBack&) = delete;
    SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;

  private:
    sigset_t before_{};
};

template <typename InChild> pid_t forked(const std::string& subject, InChild in_child) {
    const SignalsHeldBack held_back;
    const pid_t child = ::fork();
    if (child < 0) throw system_error(errno, "start", subject);
    if (child == 0) in_child();
    return child;
}

void wait_for(pid_t process) {
    static_cast<void>(uninterrupted([&] { return ::waitpid(process, nullptr, 0); }));
}

} // namespace

StartedProgram::StartedProgram(const ProgramToRun& program) {
    if (program.argv.empty()) throw Error(Code::internal_error, "start", "a program", "it has no name");
    const std::string& name = program.argv.front();
    const Descriptor null(uninterrupted([] { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }));
    if (!null) throw system_error(errno, "open", "/dev/null");
    Pipe output = make_pipe();
    Pipe report = make_pipe();
    Pipe lifeline = make_pipe();
    Prepared prepared = prepare(program);
    prepared.null = null.number();
    prepared.output = output.writing.number();
    prepared.report = report.writing.number();

    lifeline_ = std::move(lifeline.writing);
    output_ = std::move(output.reading);
    if (::fcntl(output_.number(), F_SETFL, O_NONBLOCK) != 0) throw system_error(errno, "start", name);
    keeper_ = forked(name, [&] { keep(lifeline.reading.number()); });
    try {
        process_ = forked(name, [&] { run_in_child(prepared); });
        static_cast<void>(!::write(lifeline_.number(), &process_, sizeof process_));
        report.writing.close();
        int failure = 0;
        if (uninterrupted([&] { return ::read(report.reading.number(), &failure, sizeof failure); }) > 0)
            throw Error(Code::internal_error, "start", name, system_error(failure, "", "").cause());
    } catch (...) {
        reap();
        throw;
    }
}

StartedProgram::~StartedProgram() {
    reap();
}

bool StartedProgram::has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

void StartedProgram::end() {
    if (process_ > 1) ::kill(-process_, SIGKILL);
    if (process_ > 1) ::kill(process_, SIGKILL); // it may not have made its group yet
}

int StartedProgram::reap() {
    int status = 0;
    if (process_ > 1) {
        if (!has_ended()) end();
        ::kill(-process_, SIGKILL); // what it left behind
    }
    lifeline_.close();
    if (keeper_ > 1) wait_for(std::exchange(keeper_, -1)); // before the group's number is free for others
    if (process_ > 1) static_cast<void>(uninterrupted([&] { return ::waitpid(process_, &status, 0); }));
    process_ = -1;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace lockstep
