#include "updater/posix_battery.h"

#include "updater/file_system.h"

#include <algorithm>
#include <fstream>

namespace lockstep {
namespace {

std::string line_of(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line; // empty where there is no such file: not every driver has all of them
}

} // namespace

std::optional<int> battery_percent_in(const std::string& supplies) {
    std::optional<int> lowest;
    if (!system_files().status(supplies)) return lowest;
    for (const std::string& name : system_files().names_in(supplies)) {
        const std::string supply = joined(supplies, name);
        if (line_of(supply + "/type") != "Battery" || line_of(supply + "/scope") == "Device") continue;
        if (line_of(supply + "/status") != "Discharging") continue;
        int percent = 0;
        if (std::ifstream(supply + "/capacity") >> percent) lowest = std::min(lowest.value_or(100), percent);
    }
    return lowest;
}

} // namespace lockstep
