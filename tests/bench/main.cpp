#include "tests/bench/figures.h"

#include <exception>
#include <iostream>
#include <string_view>

int main(int argc, char** argv) try {
    lockstep::Scale scale;
    scale.small = argc > 1 && std::string_view(argv[1]) == "--small";
    if (argc > 2 || (argc == 2 && !scale.small)) {
        std::cerr << "usage: bench [--small]\n";
        return 2;
    }
    lockstep::measure_recover(scale);
    lockstep::measure_swap(scale);
    lockstep::measure_files(scale);
    lockstep::measure_memory(scale);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << '\n';
    return 1;
}
