// The battery, as Linux shows it: https://docs.kernel.org/power/power_supply_class.html
#pragma once

#include <optional>
#include <string>

namespace lockstep {

// `supplies` is /sys/class/power_supply, or a folder like it. The lowest of the computer's batteries that run
// down; the batteries of mice and keyboards don't count.
std::optional<int> battery_percent_in(const std::string& supplies);

} // namespace lockstep
