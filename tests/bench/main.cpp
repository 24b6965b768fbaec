#include "tests/bench/figures.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>

namespace {

const std::vector<std::pair<std::string, void (*)(const lockstep::Scale&)>> measurements{
    {"recover", &lockstep::measure_recover}, {"swap", &lockstep::measure_swap},
    {"files", &lockstep::measure_files},     {"memory", &lockstep::measure_memory},
    {"prepare", &lockstep::measure_prepare},
};

} // namespace

int main(int argc, char** argv) try {
    CLI::App app("Measures the figures that Lockstep promises.");
    lockstep::Scale scale;
    std::vector<std::string> wanted;
    app.add_flag("--small", scale.small, "a quick try");
    std::vector<std::string> names;
    for (const auto& [name, measure] : measurements) names.push_back(name);
    app.add_option("WHAT", wanted, "only these; all if none is named")->check(CLI::IsMember(names));
    CLI11_PARSE(app, argc, argv);
    for (const auto& [name, measure] : measurements)
        if (wanted.empty() || std::ranges::find(wanted, name) != wanted.end()) measure(scale);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << '\n';
    return 1;
}
