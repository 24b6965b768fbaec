#include "packaging/make_deltas.h"

#include "packaging/delta_pairs.h"
#include "packaging/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <set>
#include <tuple>

namespace lockstep {
namespace {

// A frame may be a little larger than its content where that can't be compressed.
constexpr std::uint64_t content_limit = delta_content_limit - (64u << 10);

std::string extension(const std::string& path) {
    const std::string name = file_name(path);
    const std::size_t dot = name.rfind('.');
    return dot == std::string::npos ? std::string() : name.substr(dot);
}

// The first of each content.
std::vector<std::size_t> distinct_targets(const Manifest& manifest) {
    std::vector<std::size_t> targets;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < manifest.target.files.size(); ++i)
        if (seen.insert(manifest.target.files[i].sha256).second) targets.push_back(i);
    return targets;
}

// Where like sits by like; those that the same revisions need can be in one frame.
void sort(std::vector<DeltaPair>& pairs, const Manifest& manifest) {
    const auto order = [&](const DeltaPair& pair) {
        const std::string& path = manifest.target.files[pair.target].path;
        return std::tuple(pair.from, pair.revisions, extension(path), file_name(path), path, pair.source);
    };
    std::ranges::sort(pairs, [&](const DeltaPair& a, const DeltaPair& b) { return order(a) < order(b); });
}

class Framing {
  public:
    Framing(const Release& release, const Manifest& manifest) : release_(release), manifest_(manifest) {}

    struct Planned {
        DeltaFrame frame;
        std::vector<const Difference*> parts;
    };

    void add(const DeltaPair& pair) {
        for (const Difference& part : pair.parts) {
            const std::uint64_t bytes = content_size(part);
            const bool fits = !frames_.empty() && revisions_ == pair.revisions && from_ == pair.from &&
                              content_ + bytes <= content_limit &&
                              reference_ + part.size <= delta_reference_limit;
            if (!fits) begin(pair);
            frames_.back().frame.parts.push_back({pair.source, part.offset, part.size, pair.target});
            frames_.back().parts.push_back(&part);
            content_ += bytes;
            reference_ += part.size;
        }
    }

    std::vector<Planned>& frames() { return frames_; }

    std::string compress(Planned& planned, int level) const {
        std::string reference;
        std::vector<Instructions> parts;
        const Revision& from = manifest_.from[planned.frame.from];
        for (std::size_t i = 0; i < planned.parts.size(); ++i) {
            const DeltaPart& part = planned.frame.parts[i];
            const std::string old_file =
                content_of(release_.previous[planned.frame.from].code, from.files[part.source]);
            reference += old_file.substr(part.offset, part.size);
            parts.push_back(instructions_of(*planned.parts[i]));
        }
        const std::string content = joined_instructions(parts);
        planned.frame.content = content.size();
        std::string compressed = compressed_against(content, reference, level);
        planned.frame.size = compressed.size();
        return compressed;
    }

  private:
    static std::uint64_t content_size(const Difference& part) {
        return joined_instructions({instructions_of(part)}).size();
    }

    void begin(const DeltaPair& pair) {
        frames_.emplace_back();
        frames_.back().frame.from = pair.from;
        from_ = pair.from;
        revisions_ = pair.revisions;
        content_ = 0;
        reference_ = 0;
    }

    const Release& release_;
    const Manifest& manifest_;
    std::vector<Planned> frames_;
    std::size_t from_ = 0;
    std::set<std::size_t> revisions_;
    std::uint64_t content_ = 0;
    std::uint64_t reference_ = 0;
};

} // namespace

Deltas make_deltas(const Release& release, const Manifest& manifest, int level,
                   const std::function<void(double)>& progress) {
    const std::vector<std::size_t> targets = distinct_targets(manifest);
    const std::vector<OldFiles> old_files(manifest.from.begin(), manifest.from.end());
    std::vector<std::vector<DeltaPair>> found(targets.size());
    std::atomic<std::size_t> done = 0;
    in_parallel(targets.size(), [&](std::size_t i) {
        found[i] = worthwhile_pairs(release, manifest, old_files, targets[i], level);
        progress(0.8 * static_cast<double>(++done) / static_cast<double>(targets.size()));
    });
    std::vector<DeltaPair> pairs;
    for (auto& each : found) std::ranges::move(each, std::back_inserter(pairs));
    sort(pairs, manifest);

    Framing framing(release, manifest);
    for (const DeltaPair& pair : pairs) framing.add(pair);
    Deltas deltas;
    deltas.content.resize(framing.frames().size());
    done = 0;
    in_parallel(deltas.content.size(), [&](std::size_t i) {
        deltas.content[i] = framing.compress(framing.frames()[i], level);
        progress(0.8 + 0.2 * static_cast<double>(++done) / static_cast<double>(deltas.content.size()));
    });
    std::uint64_t offset = 0;
    for (auto& planned : framing.frames()) {
        planned.frame.offset = offset;
        offset += planned.frame.size;
        deltas.frames.push_back(std::move(planned.frame));
    }
    return deltas;
}

} // namespace lockstep
