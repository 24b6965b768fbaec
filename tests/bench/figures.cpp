#include "tests/bench/figures.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace lockstep {
namespace {

constexpr double memory_bound = 64.0 * 1024 * 1024;

} // namespace

void print_figure(const std::string& name, const std::string& measured, const std::string& bound,
                  double ratio, double limit) {
    std::printf("%s: %s against %s, ratio %.2f (at most %g)%s\n", name.c_str(), measured.c_str(),
                bound.c_str(), ratio, limit, ratio <= limit ? "" : "  NOT MET");
    std::fflush(stdout);
}

void print_memory(const std::string& name, const Ran& ran) {
    print_figure("peak memory, " + name, text_of(ran.peak_memory / 1024 / 1024, "MiB"), "64 MiB",
                 ran.peak_memory / memory_bound, 1);
    std::printf("    it took %.1f s: %s\n", ran.seconds, ran.out.c_str());
}

double seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double best_of(int count, const std::function<double()>& measure) {
    double best = measure();
    for (int i = 1; i < count; ++i) best = std::min(best, measure());
    return best;
}

std::string text_of(double number, const std::string& unit) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", number, unit.c_str());
    return text.data();
}

Ran must_succeed(Ran ran, const std::string& what) {
    if (ran.code != 0)
        throw std::runtime_error(what + ": " + std::to_string(ran.code) + "\n" + ran.out + ran.err);
    return ran;
}

double number_in(const std::string& json, const std::string& name) {
    return nlohmann::json::parse(json).at(name).get<double>();
}

double phase_seconds(const std::string& json, const std::string& phase) {
    double sum = 0;
    const nlohmann::json report = nlohmann::json::parse(json);
    for (const auto& each : report.at("phases"))
        if (each.at("name") == phase) sum += each.at("seconds").get<double>();
    return sum;
}

} // namespace lockstep
