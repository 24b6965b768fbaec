#include "updater/staging.h"

#include "payload/delta.h"
#include "payload/digest.h"
#include "payload/language.h"

#include <map>
#include <memory>
#include <set>

namespace lockstep {
namespace {

constexpr std::uint32_t gate_mode = 0755;

KnownFile known(const FileSystem& files, const std::string& path, const std::string& sha256) {
    const FileStatus status = files.status(path).value_or(FileStatus{});
    return {status.id, status.size, sha256};
}

Placement placement_for(const FileChange& change, std::int64_t transaction, std::size_t number) {
    Placement placement;
    placement.path = change.path;
    placement.slot = Layout::slot(transaction, std::to_string(number));
    placement.entry_point = change.entry_point;
    placement.preserved = change.preserved;
    if (change.old_file)
        placement.old_file =
            KnownFile{change.old_file->status.id, change.old_file->status.size, change.old_file->sha256};
    // An entry point that stays is the same file before and after; only its gate comes and goes.
    if (!change.changed) placement.new_file = placement.old_file;
    if (change.entry_point && change.old_file)
        placement.gate_slot = Layout::slot(transaction, std::to_string(number) + ".gate");
    return placement;
}

// Which placements want which content.
using Wanted = std::multimap<std::string, std::size_t>;

class Stager {
  public:
    Stager(FileSystem& files, const Layout& layout, const Plan& plan, std::vector<Placement>& placements)
        : files_(files), layout_(layout), plan_(plan), placements_(placements) {}

    void want(std::size_t index) { wanted_.emplace(plan_.changes[index].new_entry->sha256, index); }

    // From files that the installation has, in whatever place.
    void copy_from_installation(const Recognised& found) {
        std::map<std::string, std::string> places;
        for (const auto& [path, file] : found.files) {
            if (file.sha256.empty()) continue;
            installed_.emplace(file.sha256, path);
            if (wanted_.contains(file.sha256)) places.emplace(file.sha256, path);
        }
        for (const auto& [digest, path] : places) {
            const auto source = files_.open_below(layout_.root(), path);
            const auto [first, last] = wanted_.equal_range(digest);
            for (auto each = first; each != last; ++each) stage(each->second, *source);
            wanted_.erase(digest);
        }
    }

    void unpack(const VerifiedBundle& bundle, const Recognised& found, Progress& progress) {
        std::map<std::string, std::uint64_t> whole;
        for (const auto& [digest, index] : wanted_) whole[digest] = plan_.changes[index].new_entry->size;
        DeltaPairs deltas = usable_deltas(bundle.manifest, contents_of_installation());
        std::erase_if(deltas, [&](const auto& pair) { return whole.erase(pair.first) == 0; });
        require_carried(bundle.manifest, found, whole);
        const auto open = [&](const std::string& digest) { return open_slot(digest); };
        const auto close = [&, all = whole.size() + deltas.size(),
                            done = 0.0](const std::string& digest) mutable {
            close_slot(digest);
            progress.fraction(++done / static_cast<double>(all));
        };
        unpack_deltas(
            bundle, deltas, [&](const std::string& digest) { return open_installed(digest); }, open, close);
        unpack_blobs(bundle, whole, open, close);
    }

  private:
    std::set<std::string> contents_of_installation() const {
        std::set<std::string> contents;
        for (const auto& [digest, path] : installed_) contents.insert(digest);
        return contents;
    }

    // A file that was changed here is no source for a delta, and the new one may not travel whole.
    void require_carried(const Manifest& manifest, const Recognised& found,
                         const std::map<std::string, std::uint64_t>& wanted) const {
        if (found.local_changes.empty()) return;
        std::set<std::string> carried = whole_contents(manifest);
        for (const FileEntry& entry : manifest.defaults) carried.insert(entry.sha256);
        for (const auto& [digest, size] : wanted) {
            if (carried.contains(digest)) continue;
            throw Error(Code::not_recognised, "replace", plan_.changes[wanted_.find(digest)->second].path,
                        "files were changed here, and this bundle brings only what differs from version " +
                            found.revision->version)
                .advise(say(Message::put_files_back, {found.revision->version}));
        }
    }

    std::unique_ptr<ByteSource> open_installed(const std::string& digest) const {
        return files_.open_below(layout_.root(), installed_.at(digest));
    }

    void stage(std::size_t index, const ByteSource& source) {
        const FileEntry& entry = *plan_.changes[index].new_entry;
        placements_[index].new_file =
            stage_file(files_, layout_, placements_[index], source, entry.sha256, entry.mode);
    }

    ByteSink open_slot(const std::string& digest) {
        stop_if_cancelled();
        const std::size_t index = wanted_.find(digest)->second;
        open_ = files_.create(layout_.absolute(placements_[index].slot), 0600);
        return [this](Bytes piece) { open_->write(piece); };
    }

    void close_slot(const std::string& digest) {
        open_.reset();
        auto [first, last] = wanted_.equal_range(digest);
        const std::size_t index = first->second;
        const FileEntry& entry = *plan_.changes[index].new_entry;
        const std::string slot = layout_.absolute(placements_[index].slot);
        give_rights(files_, layout_, placements_[index].path, slot, entry.mode);
        placements_[index].new_file = known(files_, slot, digest);
        const auto source = files_.open(slot);
        for (auto each = std::next(first); each != last; ++each) stage(each->second, *source);
    }

    FileSystem& files_;
    const Layout& layout_;
    const Plan& plan_;
    std::vector<Placement>& placements_;
    Wanted wanted_;
    std::map<std::string, std::string> installed_; // a path of each content that the installation has
    std::unique_ptr<File> open_;
};

void stage_gates(FileSystem& files, const Layout& layout, const VerifiedBundle& bundle,
                 std::vector<Placement>& placements) {
    std::string gate;
    for (Placement& placement : placements) {
        if (placement.gate_slot.empty()) continue;
        if (gate.empty()) gate = unpack_gate(bundle);
        placement.gate = stage_gate(files, layout, placement, TextSource(gate));
    }
}

} // namespace

std::string unpack_gate(const VerifiedBundle& bundle) {
    std::string gate;
    unpack_blobs(
        bundle, {{bundle.manifest.gate_sha256, bundle.manifest.gate_size}},
        [&](const std::string&) { return [&](Bytes piece) { gate += text_of(piece); }; },
        [](const std::string&) {});
    return gate;
}

void give_rights(FileSystem& files, const Layout& layout, const std::string& path, const std::string& slot,
                 std::uint32_t mode) {
    std::string model = layout.absolute(path);
    while (!files.status(model) && model != layout.root()) model = parent_of(model);
    const FileStatus owner = *files.status(model);
    const FileStatus made = *files.status(slot);
    if (made.owner != owner.owner || made.group != owner.group)
        files.set_owner(slot, owner.owner, owner.group);
    files.set_mode(slot, mode);
}

KnownFile stage_file(FileSystem& files, const Layout& layout, const Placement& placement,
                     const ByteSource& source, const std::string& sha256, std::uint32_t mode) {
    const std::string slot = layout.absolute(placement.slot);
    if (copy_file(files, source, slot, 0600) != sha256)
        throw Error(Code::internal_error, "stage", layout.absolute(placement.path),
                    "it changed while it was copied");
    give_rights(files, layout, placement.path, slot, mode);
    return known(files, slot, sha256);
}

KnownFile stage_gate(FileSystem& files, const Layout& layout, const Placement& placement,
                     const ByteSource& gate) {
    const std::string slot = layout.absolute(placement.gate_slot);
    const std::string digest = copy_file(files, gate, slot, 0600);
    give_rights(files, layout, placement.path, slot, gate_mode);
    return known(files, slot, digest);
}

std::vector<Placement> stage_code(FileSystem& files, const Layout& layout, std::int64_t transaction,
                                  const VerifiedBundle& bundle, const Recognised& found, const Plan& plan,
                                  Progress& progress) {
    std::vector<Placement> placements;
    for (std::size_t i = 0; i < plan.changes.size(); ++i)
        placements.push_back(placement_for(plan.changes[i], transaction, i));
    Stager stager(files, layout, plan, placements);
    for (std::size_t i = 0; i < plan.changes.size(); ++i)
        if (plan.changes[i].changed && plan.changes[i].new_entry) stager.want(i);
    stager.copy_from_installation(found);
    stager.unpack(bundle, found, progress);
    stage_gates(files, layout, bundle, placements);
    for (const std::string& folder : plan.folders) {
        Placement placement;
        placement.kind = PlacementKind::folder;
        placement.path = folder;
        placements.push_back(std::move(placement));
    }
    return placements;
}

} // namespace lockstep
