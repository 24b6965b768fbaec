#include "tests/support/run.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lockstep {
namespace {

[[noreturn]] void become(const std::vector<std::string>& argv, const std::string& folder,
                         const std::map<std::string, std::string>& environment, const int* out,
                         const int* err) {
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0), ::dup2(out[1], 1), ::dup2(err[1], 2);
    ::close_range(3, ~0U, 0);
    if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(127);
    ::setenv("LC_ALL", "C.UTF-8", 1); // what is asserted is English
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execvp(words[0], words.data());
    ::_exit(127);
}

void read_both(int out, int err, Ran& ran) {
    std::array<pollfd, 2> watched{{{out, POLLIN, 0}, {err, POLLIN, 0}}};
    std::array<char, 65536> piece{};
    while (watched[0].fd >= 0 || watched[1].fd >= 0) {
        if (::poll(watched.data(), watched.size(), -1) < 0) continue;
        for (pollfd& each : watched) {
            if (each.fd < 0 || each.revents == 0) continue;
            const ssize_t count = ::read(each.fd, piece.data(), piece.size());
            if (count <= 0)
                each.fd = -1;
            else
                (each.fd == out ? ran.out : ran.err).append(piece.data(), static_cast<std::size_t>(count));
        }
    }
}

} // namespace

Ran run(const std::vector<std::string>& argv, const std::string& folder,
        const std::map<std::string, std::string>& environment) {
    int out[2];
    int err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child == 0) become(argv, folder, environment, out, err);
    ::close(out[1]), ::close(err[1]);
    Ran ran;
    read_both(out[0], err[0], ran);
    ::close(out[0]), ::close(err[0]);
    int status = 0;
    rusage usage{};
    ::wait4(child, &status, 0, &usage);
    ran.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    ran.peak_memory = static_cast<double>(usage.ru_maxrss) * 1024;
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ran;
}

std::string built(const std::string& name) {
    return std::string(LOCKSTEP_BIN) + "/" + name;
}

std::string source_file(const std::string& path) {
    return std::string(LOCKSTEP_SOURCE) + "/" + path;
}

std::string shared_data() {
    const char* named = std::getenv("LOCKSTEP_SHARED");
    const std::string folder = (named ? std::string(named) : source_file("../shared")) + "/data";
    return std::filesystem::exists(folder) ? folder : std::string();
}

} // namespace lockstep
