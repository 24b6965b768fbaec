#include "tests/support/sweep.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <unistd.h>

namespace lockstep {

bool every_point() {
    return std::getenv("LOCKSTEP_ALL") != nullptr;
}

int stride(int usual) {
    return every_point() ? 1 : usual;
}

SweepCount::SweepCount(std::string name) : name_(std::move(name)) {}

SweepCount::~SweepCount() {
    std::cout << name_ << ": " << points_ << " points\n";
    if (const char* counts = std::getenv("LOCKSTEP_COUNTS"))
        std::ofstream(counts, std::ios::app) << name_ + "\t" + std::to_string(points_) + "\n";
}

void SweepCount::tried(int points) {
    points_ += points;
    if (::isatty(STDERR_FILENO) != 0) std::cerr << '\r' << name_ << ": " << points_ << std::flush;
}

} // namespace lockstep
