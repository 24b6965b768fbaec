#include "tests/support/numbered_volume.h"

#include "tests/support/tree.h"
#include "updater/file_system.h"

#include <cerrno>
#include <cstdio>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace lockstep {
namespace {

struct stat status_of(const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) throw std::system_error(errno, std::generic_category(), path);
    return found;
}

void require(bool done, const std::string& path) {
    if (!done) throw std::system_error(errno, std::generic_category(), path);
}

std::set<NodeNumber> reachable(const DiskState& state) {
    std::set<NodeNumber> found{state.root};
    std::vector<NodeNumber> folders{state.root};
    while (!folders.empty()) {
        const NodeNumber folder = folders.back();
        folders.pop_back();
        for (const auto& [name, number] : state.nodes.at(folder).names)
            if (found.insert(number).second) folders.push_back(number);
    }
    return found;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree
void read_below(const std::string& path, DiskState& state) {
    DiskNode& node = state.nodes[number_of(path)] = empty_node_at(path);
    if (!node.folder) {
        node.content = content_of(read_file(path));
        return;
    }
    for (const std::string& name : system_files().names_in(path))
        node.names[name] = number_of(path + "/" + name);
    for (const auto& [name, number] : std::map(node.names)) read_below(path + "/" + name, state);
}

} // namespace

NodeNumber number_of(const std::string& path) {
    return status_of(path).st_ino;
}

DiskNode empty_node_at(const std::string& path) {
    const struct stat found = status_of(path);
    DiskNode node;
    node.rights = {found.st_mode & 07777, found.st_uid, found.st_gid};
    node.folder = S_ISDIR(found.st_mode);
    if (!node.folder) node.content = content_of("");
    return node;
}

NumberedVolume::NumberedVolume(std::string folder)
    : folder_(std::move(folder)), mount_(std::make_unique<Mount>(folder_, "mode=0755")) {}

std::string NumberedVolume::unnamed(NodeNumber number) const {
    return folder_ + "/unnamed-" + std::to_string(number);
}

void NumberedVolume::make(const DiskState& state, NodeNumber further) {
    further_ = further;
    mount_.reset();
    mount_ = std::make_unique<Mount>(folder_, "mode=0755");
    if (number_of(folder_) != state.root) throw std::runtime_error("another number for " + folder_);
    for (const NodeNumber number : reachable(state))
        if (number != state.root) make_node(number, state.nodes.at(number));
    name_below(state, state.root, folder_);
}

// The numbers in between are used up by files that are removed at once.
void NumberedVolume::make_node(NodeNumber number, const DiskNode& node) const {
    const std::string path = unnamed(number);
    while (true) {
        if (node.folder)
            require(::mkdir(path.c_str(), 0700) == 0, path);
        else
            write_file(path, node.content->bytes);
        if (number_of(path) >= number + further_) break;
        require(::remove(path.c_str()) == 0, path);
    }
    if (number_of(path) != number + further_)
        throw std::runtime_error("the volume skips the number of " + path);
    require(::chown(path.c_str(), node.rights.owner, node.rights.group) == 0, path);
    require(::chmod(path.c_str(), node.rights.mode) == 0, path);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree
void NumberedVolume::name_below(const DiskState& state, NodeNumber folder, const std::string& path) const {
    for (const auto& [name, number] : state.nodes.at(folder).names) {
        const std::string place = path + "/" + name;
        require(::rename(unnamed(number).c_str(), place.c_str()) == 0, place);
        name_below(state, number, place);
    }
}

DiskState NumberedVolume::state() const {
    DiskState state;
    state.root = number_of(folder_);
    read_below(folder_, state);
    return state;
}

} // namespace lockstep
