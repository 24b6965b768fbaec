// Which old file each new one is like, and how they differ.
#pragma once

#include "packaging/difference.h"
#include "packaging/release.h"
#include "payload/delta.h"
#include "payload/manifest.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lockstep {

// One old file and one new one, by their places in the manifest.
struct DeltaPair {
    std::size_t from = 0; // the first revision that has the old file
    std::size_t source = 0;
    std::size_t target = 0;
    std::set<std::size_t> revisions; // all that need it
    std::vector<Difference> parts;
    std::uint64_t compressed = 0; // alone, bytes
};

// The files of a revision, to be looked up by content and by name.
class OldFiles {
  public:
    explicit OldFiles(const Revision& revision);
    bool has(const std::string& sha256) const { return contents_.contains(sha256); }
    // The place of the file that is most like `target`, by its names.
    std::optional<std::size_t> likest(const FileEntry& target) const;

  private:
    const Revision& revision_;
    std::set<std::string> contents_;
    std::multimap<std::string, std::size_t> by_name_;
};

// What it takes that every revision gets one new file; none where one of them has nothing like it, or where
// the new file compressed by itself is no larger than all of them together.
std::vector<DeltaPair> worthwhile_pairs(const Release& release, const Manifest& manifest,
                                        const std::vector<OldFiles>& old_files, std::size_t target,
                                        int level);

std::string file_name(const std::string& path);
Instructions instructions_of(const Difference& part);
// Throws Error (wrong_usage) where the file is no longer what the manifest lists.
std::string content_of(const std::string& folder, const FileEntry& entry);

} // namespace lockstep
