// The files of a code tree, as a manifest lists them.
#pragma once

#include "packaging/release.h"
#include "payload/manifest.h"

#include <string>
#include <vector>

namespace lockstep {

// Both lists are sorted by path.
struct CodeTree {
    std::string folder;
    std::vector<FileEntry> files;
    std::vector<FileEntry>
        preserved; // those that a pattern of `preserve` matches: the user's own once installed
    std::vector<std::string> empty_folders; // they don't travel: a manifest lists files
};

// Reads and hashes every file. Modes become 0755 where the owner may execute, else 0644: what a checkout or
// an archive tool left in the other bits is no property of the release. Throws Error (wrong_usage) naming the
// path: links, special files, paths that payload/path_rules.h refuses, paths that are one file on some
// systems, and the release's databases or their sidecar files, which are never code.
CodeTree list_code(const std::string& folder, const Release& release);

} // namespace lockstep
