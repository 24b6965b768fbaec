// What `update prepare` saves the update of a telephone exchange: the time of its scripts, with and without
// it.
#include "tests/bench/figures.h"
#include "tests/support/exchange.h"

#include <filesystem>

namespace lockstep {

void measure_prepare(const Scale& scale) {
    const std::int64_t calls = scale.small ? 50'000 : 500'000;
    Workshop workshop;
    const std::string folder = workshop / "exchange";
    write_exchange_release(folder, calls / 20);
    const std::string bundle = workshop.bundle(folder + "/release.toml");
    const std::string root = workshop / "field";
    const auto scripts_seconds = [&](bool prepare) {
        std::filesystem::remove_all(root);
        install_exchange(folder, root, calls);
        if (prepare) must_succeed(workshop.apply(root, bundle, {"prepare"}), "prepare");
        return phase_seconds(must_succeed(workshop.apply(root, bundle, {"--json"}), "update").out, "migrate");
    };
    const int times = 3;
    const double prepared = best_of(times, [&] { return scripts_seconds(true); });
    const double all = best_of(times, [&] { return scripts_seconds(false); });
    print_figure("scripts of an update of " + std::to_string(calls) + " call records, prepared before",
                 text_of(prepared, "s"), text_of(all, "s with nothing prepared"), prepared / all, 0.6);
}

} // namespace lockstep
