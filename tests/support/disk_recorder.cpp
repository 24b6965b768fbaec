#include "tests/support/disk_recorder.h"

#include "tests/support/numbered_volume.h"
#include "tests/support/tree.h"

#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

using Kind = DiskOperation::Kind;

// This process's own descriptor of a file, or -1.
int descriptor_of(NodeNumber number, const std::string& path) {
    struct stat wanted {};
    struct stat found {};
    ::lstat(path.c_str(), &wanted);
    for (const std::string& name : system_files().names_in("/proc/self/fd")) {
        const int descriptor = std::stoi(name);
        if (::fstat(descriptor, &found) == 0 && found.st_ino == number && found.st_dev == wanted.st_dev)
            return descriptor;
    }
    return -1;
}

// A file that is open is read through that descriptor: opening it would break the engine's lease on it, and
// closing it again would drop SQLite's locks.
std::string read_quietly(NodeNumber number, const std::string& path) {
    const int descriptor = descriptor_of(number, path);
    if (descriptor < 0) return read_file(path);
    std::string bytes(fs::file_size(path), '\0');
    if (::pread(descriptor, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error(path + " could not be read");
    return bytes;
}

DiskOperation resize_of(NodeNumber node, std::uint64_t size) {
    DiskOperation resize(Kind::resize, node);
    resize.offset = size;
    return resize;
}

} // namespace

std::string DiskRecorder::below(const std::string& path) const {
    if (path.starts_with(folder_ + "/")) return path.substr(folder_.size());
    if (path == folder_) return "";
    throw std::runtime_error(path + " is not on the recorded disk");
}

NodeNumber DiskRecorder::node_of(const std::string& path) const {
    NodeNumber number = log_.now().root;
    std::istringstream names(below(path));
    std::string name;
    std::getline(names, name, '/'); // before the first
    while (std::getline(names, name, '/')) {
        const auto& in_folder = log_.now().nodes.at(number).names;
        const auto found = in_folder.find(name);
        if (found == in_folder.end()) return 0;
        number = found->second;
    }
    return number;
}

NamePlace DiskRecorder::place_of(const std::string& path) const {
    return {node_of(parent_of(path)), name_of(path)};
}

void DiskRecorder::catch_up() {
    compare(log_.now().root, folder_);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree
void DiskRecorder::compare(NodeNumber folder, const std::string& path) {
    const std::map<std::string, NodeNumber> names = log_.now().nodes.at(folder).names;
    for (const auto& [name, number] : names) {
        const std::string each = path + "/" + name;
        if (!fs::exists(each)) {
            log_.add({Kind::unlink, number, {folder, name}}, "untold, unlink " + below(each));
        } else if (number_of(each) != number) {
            throw std::runtime_error(each + " was exchanged, and nobody told it");
        } else if (log_.now().nodes.at(number).folder) {
            compare(number, each);
        } else {
            compare_file(number, each);
        }
    }
    for (const auto& entry : fs::directory_iterator(path))
        if (!names.contains(entry.path().filename()))
            throw std::runtime_error(entry.path().string() + " was made, and nobody told it");
}

void DiskRecorder::compare_file(NodeNumber number, const std::string& path) {
    const std::string now = read_quietly(number, path);
    const std::string& known = log_.now().nodes.at(number).content->bytes;
    if (now == known) return;
    const std::size_t size = known.size();
    log_.add(write_of(number, 0, now), "untold, write " + below(path));
    if (now.size() < size) log_.add(resize_of(number, now.size()), "untold, truncate " + below(path));
}

void DiskRecorder::add_name(const std::string& path, const std::string& said) {
    DiskOperation link(Kind::link, number_of(path), place_of(path));
    link.made = empty_node_at(path);
    log_.add(std::move(link), said);
}

void DiskRecorder::record(const SeamCall& call) {
    if (call.path.empty()) return; // a temporary file of SQLite's, which never has a name
    const std::string said = call.name + " " + below(call.path);
    const NodeNumber node = node_of(call.path);
    const NamePlace place = place_of(call.path);
    const std::string_view data(reinterpret_cast<const char*>(call.data.data()), call.data.size());
    if (call.name == "write") {
        log_.add(write_of(node, call.offset, std::string(data)), said);
    } else if (call.name == "truncate") {
        log_.add(resize_of(node, call.offset), said);
    } else if (call.name == "create" || call.name == "append" || call.name == "make_folder") {
        if (node == 0) add_name(call.path, said);
    } else if (call.name == "remove_file" || call.name == "remove_folder" || call.name == "delete") {
        if (node != 0) log_.add({Kind::unlink, node, place}, said);
    } else if (call.name == "rename" || call.name == "replace") {
        log_.add({Kind::rename, node_of(call.from), place_of(call.from), place},
                 call.name + " " + below(call.from) + " to " + below(call.path));
    } else if (call.name == "exchange") {
        DiskOperation exchange(Kind::exchange, node, place, place_of(call.from));
        exchange.other_node = node_of(call.from);
        log_.add(std::move(exchange), said + " and " + below(call.from));
    } else if (call.name == "sync") {
        log_.sync_node(node, said);
    } else if (call.name == "sync_folder") {
        log_.sync_names(node, said);
    } else if (call.name == "sync_volume") {
        log_.sync_all(said);
    } else { // of its rights
        DiskOperation rights(Kind::rights, node);
        rights.made = empty_node_at(call.path);
        log_.add(std::move(rights), said);
    }
}

} // namespace lockstep
