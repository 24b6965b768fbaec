// Versions X.Y.Z, compared as semantic versions (https://semver.org, section 11): numbers by value, a
// pre-release
// ("1.2.0-rc.1") before its release. Missing numbers count as 0. Build metadata after '+' doesn't count.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace lockstep {

std::strong_ordering compare_versions(std::string_view left, std::string_view right);
bool is_version(std::string_view text);

} // namespace lockstep
