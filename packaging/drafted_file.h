// A file that `draft` wrote, and may write again: its first line holds the SHA-256 of the rest, so that what
// somebody has changed since is never overwritten.
#pragma once

#include <string>

namespace lockstep {

// Throws Error (wrong_usage) where a file is there that isn't exactly what a draft wrote.
void require_untouched(const std::string& path);
// Durably. Empty content: an earlier draft's file is removed.
void write_drafted(const std::string& path, const std::string& content);

} // namespace lockstep
