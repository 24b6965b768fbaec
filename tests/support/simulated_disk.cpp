#include "tests/support/simulated_disk.h"

#include "payload/digest.h"

#include <algorithm>
#include <stdexcept>

namespace lockstep {
namespace {

using Kind = DiskOperation::Kind;

constexpr std::size_t sector = 512; // bytes; the least that disks write at once
constexpr std::size_t page = 4096;  // and what most of them do

// Which bytes of a write of `size` are there.
std::pair<std::size_t, std::size_t> present_part(Extent extent, std::size_t size) {
    switch (extent) {
    case Extent::whole:
        return {0, size};
    case Extent::first_512:
        return {0, std::min(size, sector)};
    case Extent::all_but_first_512:
        return {std::min(size, sector), size};
    case Extent::first_4096:
        return {0, std::min(size, page)};
    case Extent::all_but_first_4096:
        return {std::min(size, page), size};
    default:
        return {0, 0};
    }
}

std::string with_data(std::string bytes, std::size_t offset, std::string_view data) {
    if (bytes.size() < offset + data.size()) bytes.resize(offset + data.size());
    return bytes.replace(offset, data.size(), data);
}

void digest_below(const DiskState& state, NodeNumber number, const std::string& path,
                  std::map<NodeNumber, std::string>& seen, Sha256& digest) { // NOLINT(misc-no-recursion)
    if (!seen.emplace(number, path).second)
        throw std::runtime_error(path + " and " + seen[number] + " are one file");
    const DiskNode& node = state.nodes.at(number);
    digest.update(bytes_of(path + "\n" + std::to_string(number) + " " + std::to_string(node.rights.mode) +
                           " " + std::to_string(node.rights.owner) + ":" + std::to_string(node.rights.group) +
                           " " + (node.folder ? "folder" : node.content->sha256) + "\n"));
    for (const auto& [name, child] : node.names) digest_below(state, child, path + "/" + name, seen, digest);
}

bool touches(const DiskOperation& operation, const NamePlace& place) {
    return operation.place == place || (!operation.other.name.empty() && operation.other == place);
}

void unname(DiskState& state, const NamePlace& place, NodeNumber node) {
    auto& names = state.nodes.at(place.folder).names;
    if (const auto found = names.find(place.name); found != names.end() && found->second == node)
        names.erase(found);
}

void name(DiskState& state, const NamePlace& place, NodeNumber node) {
    state.nodes.at(place.folder).names[place.name] = node;
}

} // namespace

DiskOperation write_of(NodeNumber node, std::uint64_t offset, std::string data) {
    DiskOperation write(DiskOperation::Kind::write, node);
    write.offset = offset;
    write.data = std::move(data);
    return write;
}

Content content_of(std::string bytes) {
    std::string digest = sha256(bytes);
    return std::make_shared<DiskContent>(DiskContent{std::move(bytes), std::move(digest)});
}

std::string DiskState::digest() const {
    Sha256 digest;
    std::map<NodeNumber, std::string> seen;
    digest_below(*this, root, "", seen, digest);
    return digest.finish();
}

DiskLog::DiskLog(DiskState start) : start_(std::move(start)), now_(start_) {}

void DiskLog::add(DiskOperation operation, const std::string& said) {
    if (continues_last(operation)) {
        DiskOperation& last = operations_.back();
        DiskNode& node = now_.nodes.at(last.node);
        node.content = content_of(with_data(node.content->bytes, operation.offset, operation.data));
        last.data += operation.data;
        written_.clear(); // what it made of a file is another thing now
        return;
    }
    if (operation.kind == Kind::link && !start_.nodes.contains(operation.node)) {
        start_.nodes[operation.node] = operation.made; // without a name so far
        now_.nodes[operation.node] = operation.made;
    }
    operation.step = steps_.size();
    operations_.push_back(std::move(operation));
    steps_.push_back(said);
    apply(now_, operations_.size() - 1, Extent::whole);
}

bool DiskLog::continues_last(const DiskOperation& operation) const {
    if (operations_.empty()) return false;
    const DiskOperation& last = operations_.back();
    return operation.kind == Kind::write && last.kind == Kind::write && last.node == operation.node &&
           last.offset + last.data.size() == operation.offset && last.step + 1 == steps_.size();
}

void DiskLog::sync_node(NodeNumber node, const std::string& said) {
    steps_.push_back(said);
    for (std::size_t i = 0; i < operations_.size(); ++i)
        if (!operations_[i].on_names() && operations_[i].node == node) make_durable(i);
}

void DiskLog::sync_names(NodeNumber folder, const std::string& said) {
    steps_.push_back(said);
    for (std::size_t i = 0; i < operations_.size(); ++i) {
        DiskOperation& operation = operations_[i];
        if (!operation.on_names()) continue;
        operation.place_synced |= operation.place.folder == folder;
        operation.other_synced |= operation.other.name.empty() || operation.other.folder == folder;
        if (operation.place_synced && operation.other_synced) make_durable(i);
    }
}

void DiskLog::sync_all(const std::string& said) {
    steps_.push_back(said);
    for (std::size_t i = 0; i < operations_.size(); ++i) make_durable(i);
}

void DiskLog::make_durable(std::size_t operation) { // NOLINT(misc-no-recursion): ever earlier ones
    if (operations_[operation].durable != SIZE_MAX) return;
    operations_[operation].durable = steps_.size();
    for (std::size_t earlier = 0; earlier < operation; ++earlier)
        if (needs(operation, earlier)) make_durable(earlier);
}

bool DiskLog::needs(std::size_t later, std::size_t earlier) const {
    const DiskOperation& one = operations_[earlier];
    const DiskOperation& other = operations_[later];
    if (earlier >= later || !one.on_names() || !other.on_names()) return false;
    return touches(other, one.place) || (!one.other.name.empty() && touches(other, one.other)) ||
           one.node == other.node;
}

DiskState DiskLog::replay(const std::vector<Extent>& extents) const {
    DiskState state = start_;
    for (std::size_t i = 0; i < extents.size(); ++i)
        if (extents[i] != Extent::missing) apply(state, i, extents[i]);
    return state;
}

void DiskLog::apply(DiskState& state, std::size_t number, Extent extent) const {
    const DiskOperation& operation = operations_[number];
    DiskNode& node = state.nodes.at(operation.node);
    switch (operation.kind) {
    case Kind::write:
    case Kind::resize:
        node.content = written(node.content, number, extent);
        return;
    case Kind::rights:
        node.rights = operation.made.rights;
        return;
    case Kind::link:
        return name(state, operation.place, operation.node);
    case Kind::unlink:
        return unname(state, operation.place, operation.node);
    case Kind::rename:
        unname(state, operation.place, operation.node);
        return name(state, operation.other, operation.node);
    case Kind::exchange:
        name(state, operation.place, operation.other_node);
        return name(state, operation.other, operation.node);
    }
}

Content DiskLog::written(const Content& before, std::size_t number, Extent extent) const {
    Content& after = written_[{before, number, extent}];
    if (after) return after;
    const DiskOperation& operation = operations_[number];
    std::string bytes = before->bytes;
    if (operation.kind == Kind::resize) {
        bytes.resize(operation.offset);
    } else {
        const std::size_t end = operation.offset + operation.data.size();
        if (bytes.size() < end) bytes.resize(end, extent == Extent::garbage ? '\xa5' : '\0');
        const auto [first, last] = present_part(extent, operation.data.size());
        bytes.replace(operation.offset + first, last - first, operation.data, first, last - first);
    }
    return after = content_of(std::move(bytes));
}

} // namespace lockstep
