#include "payload/language.h"
#include "updater/posix_battery.h"
#include "updater/posix_error.h"
#include "updater/process.h"

#include <algorithm>
#include <array>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <sched.h>
#include <sys/utsname.h>

namespace lockstep {
namespace {

std::atomic<bool> cancelled{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only write what needs no lock");

void note_cancel(int /*signal*/) {
    cancelled = true;
}

struct sigaction action_for(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    return action;
}

void set_action(int signal, void (*handler)(int)) {
    const struct sigaction action = action_for(handler);
    if (::sigaction(signal, &action, nullptr) != 0)
        throw system_error(errno, "watch for", "signal " + std::to_string(signal));
}

// nohup(1) starts a program with SIGHUP ignored, and means it.
bool is_ignored(int signal) {
    struct sigaction present {};
    return ::sigaction(signal, nullptr, &present) == 0 && present.sa_handler == SIG_IGN;
}

} // namespace

void catch_cancel() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        if (!is_ignored(signal)) set_action(signal, &note_cancel);
    set_action(SIGPIPE, SIG_IGN); // a closed terminal is no reason to stop halfway
}

bool cancel_requested() {
    return cancelled;
}

// By the variables alone, as setlocale() reads them: a system for which no locale was generated has a user
// who reads one language all the same.
Language system_language() {
    for (const char* const name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const char* const value = std::getenv(name); value && *value != '\0') return language_of(value);
    return Language::english;
}

std::string system_description() {
    utsname system{};
    if (::uname(&system) != 0) throw system_error(errno, "ask for", "the name of this system");
    return std::string(system.sysname) + " " + system.release + " " + system.machine;
}

std::string own_executable() {
    std::array<char, PATH_MAX> path{};
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    if (size < 0) throw system_error(errno, "find", "this program's own file");
    return {path.data(), static_cast<std::size_t>(size)};
}

std::string working_folder() {
    const std::unique_ptr<char, decltype(&std::free)> folder(::getcwd(nullptr, 0), &std::free);
    return folder ? folder.get() : ".";
}

bool stderr_is_terminal() {
    return ::isatty(STDERR_FILENO) != 0;
}

bool is_privileged() {
    return ::geteuid() == 0;
}

int processors() {
    cpu_set_t set{};
    // It fails where there are more processors than the set has room for.
    return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : CPU_SETSIZE;
}

std::optional<int> battery_percent() {
    return battery_percent_in("/sys/class/power_supply");
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), size};
}

} // namespace lockstep
