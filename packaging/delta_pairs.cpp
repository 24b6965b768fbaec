#include "packaging/delta_pairs.h"

#include "payload/digest.h"
#include "payload/error.h"
#include "updater/file_system.h"

#include <numeric>
#include <tuple>

namespace lockstep {
namespace {

// What it takes that every revision gets one new file; none where one of them has nothing like it.
std::vector<DeltaPair> pairs_for(const Manifest& manifest, const std::vector<OldFiles>& old_files,
                                 std::size_t target) {
    const FileEntry& entry = manifest.target.files[target];
    std::map<std::string, DeltaPair> pairs; // by the old file's hash
    if (entry.size > difference_limit) return {};
    for (std::size_t i = 0; i < manifest.from.size(); ++i) {
        if (old_files[i].has(entry.sha256)) continue;
        const auto source = old_files[i].likest(entry);
        if (!source) return {};
        pairs.try_emplace(manifest.from[i].files[*source].sha256, DeltaPair{i, *source, target, {}, {}, 0})
            .first->second.revisions.insert(i);
    }
    std::vector<DeltaPair> all;
    all.reserve(pairs.size());
    for (auto& [digest, pair] : pairs) all.push_back(std::move(pair));
    return all;
}

void compare(const Release& release, const Manifest& manifest, DeltaPair& pair, const std::string& new_file,
             int level) {
    const std::string old_file =
        content_of(release.previous[pair.from].code, manifest.from[pair.from].files[pair.source]);
    pair.parts = difference(old_file, new_file);
    for (const Difference& part : pair.parts)
        pair.compressed +=
            compressed_against(joined_instructions({instructions_of(part)}),
                               std::string_view(old_file).substr(part.offset, part.size), level)
                .size();
}

} // namespace

OldFiles::OldFiles(const Revision& revision) : revision_(revision) {
    for (std::size_t i = 0; i < revision.files.size(); ++i) {
        const FileEntry& entry = revision.files[i];
        contents_.insert(entry.sha256);
        if (entry.size > 0 && entry.size <= difference_limit) by_name_.emplace(file_name(entry.path), i);
    }
}

std::optional<std::size_t> OldFiles::likest(const FileEntry& target) const {
    const auto distance = [&](std::size_t place) {
        const FileEntry& entry = revision_.files[place];
        const std::uint64_t bytes =
            entry.size > target.size ? entry.size - target.size : target.size - entry.size;
        return std::tuple(entry.path != target.path, bytes, place);
    };
    std::optional<std::size_t> best;
    const auto [first, last] = by_name_.equal_range(file_name(target.path));
    for (auto each = first; each != last; ++each)
        if (!best || distance(each->second) < distance(*best)) best = each->second;
    return best;
}

std::vector<DeltaPair> worthwhile_pairs(const Release& release, const Manifest& manifest,
                                        const std::vector<OldFiles>& old_files, std::size_t target,
                                        int level) {
    std::vector<DeltaPair> pairs = pairs_for(manifest, old_files, target);
    if (pairs.empty()) return {};
    const std::string new_file = content_of(release.code, manifest.target.files[target]);
    for (DeltaPair& pair : pairs) compare(release, manifest, pair, new_file, level);
    const std::uint64_t together =
        std::accumulate(pairs.begin(), pairs.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const DeltaPair& pair) { return sum + pair.compressed; });
    if (together >= compressed_against(new_file, {}, level).size()) return {};
    return pairs;
}

std::string file_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

Instructions instructions_of(const Difference& part) {
    return {part.control, part.places, part.values, part.inserted};
}

std::string content_of(const std::string& folder, const FileEntry& entry) {
    const std::string path = joined(folder, entry.path);
    std::string content = read_text(system_files(), path, difference_limit);
    if (sha256(content) != entry.sha256)
        throw Error(Code::wrong_usage, "pack", path, "it changed while the bundle was being made");
    return content;
}

} // namespace lockstep
