// What Lockstep promises in figures, measured. Each prints its own lines.
#pragma once

#include "tests/support/workshop.h"

#include <functional>
#include <string>

namespace lockstep {

struct Scale {
    bool small = false; // a quick try: the same work on a tenth of it, or less
};

void measure_memory(const Scale& scale);  // large databases
void measure_files(const Scale& scale);   // many files: memory, staging, an update with nothing to do
void measure_recover(const Scale& scale); // recover with nothing to do
void measure_swap(const Scale& scale);    // first rename to commit
void measure_prepare(const Scale& scale); // what was done before an update

// "NAME: MEASURED against BOUND, ratio R (at most LIMIT)".
void print_figure(const std::string& name, const std::string& measured, const std::string& bound,
                  double ratio, double limit);
void print_memory(const std::string& name, const Ran& ran);

double seconds_of(const std::function<void()>& work);
// The least of `count` results: whatever else the machine does can only add.
double best_of(int count, const std::function<double()>& measure);
std::string text_of(double number, const std::string& unit);

// Throws std::runtime_error with what the program said, where it failed.
Ran must_succeed(Ran ran, const std::string& what);
double number_in(const std::string& json, const std::string& name);
double phase_seconds(const std::string& json, const std::string& phase);

} // namespace lockstep
