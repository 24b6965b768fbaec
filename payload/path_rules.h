// Which paths a manifest may hold: DESIGN.md section 5, "Paths". The same on every platform, so that a bundle
// that is good on one is good on all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

// Why `path` is refused, as the end of a sentence ("has a part that Windows keeps for a device, 'aux'"), or
// nothing. Refused too: anything under ".lockstep" (of any case), which is the updater's own.
std::optional<std::string> path_refusal(std::string_view path);

// Two paths that would be one file on a file system that folds case or normalises Unicode; nothing where all
// differ.
std::optional<std::pair<std::string, std::string>> colliding_paths(const std::vector<std::string>& paths);

// A glob of release.toml's preserve: * and ? within a part, ** across parts.
bool matches_pattern(std::string_view pattern, std::string_view path);

} // namespace lockstep
