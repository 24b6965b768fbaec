// Runs a program as a user would, and says what came of it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace lockstep {

struct Ran {
    int code = 0; // exit code; 128 + N where signal N ended it
    std::string out;
    std::string err;
    double seconds = 0;     // from its start to its end
    double peak_memory = 0; // bytes; never less than this process had when it started it
};

// argv[0] is looked up in PATH. `folder`: the working folder, where it isn't empty.
Ran run(const std::vector<std::string>& argv, const std::string& folder = {},
        const std::map<std::string, std::string>& environment = {});

// The executables under test: "update", "lockstep", "gate".
std::string built(const std::string& name);

// A file of the project, by its path in it.
std::string source_file(const std::string& path);

// ../shared/data, or what LOCKSTEP_SHARED names; empty where neither is there.
std::string shared_data();

} // namespace lockstep
