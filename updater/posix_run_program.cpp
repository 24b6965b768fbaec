#include "updater/posix_program.h"

#include <array>
#include <chrono>
#include <poll.h>

namespace lockstep {
namespace {

constexpr int step_ms = 50; // how often it is asked for the end and for `cancelled`

// False at the end of the output.
bool read_available(int output, std::size_t most, std::string& kept) {
    std::array<char, 4096> piece{};
    while (true) {
        const ssize_t count = uninterrupted([&] { return ::read(output, piece.data(), piece.size()); });
        if (count < 0 && errno == EAGAIN) return true;
        if (count < 0) throw system_error(errno, "read", "a program's output");
        if (count == 0) return false;
        kept.append(piece.data(), static_cast<std::size_t>(count));
        if (kept.size() > most) kept.erase(0, kept.size() - most);
    }
}

void wait_a_step(int output) {
    pollfd watched{output, POLLIN, 0};
    if (::poll(&watched, 1, step_ms) < 0 && errno != EINTR)
        throw system_error(errno, "wait for", "a program's output");
}

} // namespace

ProgramResult run_program(const ProgramToRun& program, const std::function<bool()>& cancelled) {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(program.timeout_s);
    StartedProgram started(program);
    ProgramResult result;
    bool stopped = false;
    bool more = true;
    while (!stopped && !started.has_ended()) {
        wait_a_step(more ? started.output() : -1);
        if (more) more = read_available(started.output(), program.kept_output, result.output);
        result.timed_out = std::chrono::steady_clock::now() >= latest && !started.has_ended();
        stopped = result.timed_out || cancelled();
    }
    result.exit_code = started.reap();
    if (more) read_available(started.output(), program.kept_output, result.output);
    return result;
}

} // namespace lockstep
