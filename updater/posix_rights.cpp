// Who may do what with a file: a rename keeps the rights of whoever created the new one, so they are copied.
#include "updater/posix_files.h"

#include <fcntl.h>
#include <map>
#include <sys/xattr.h>

namespace lockstep {
namespace {

using Attributes = std::map<std::string, std::string>;

// A file as calls reach it, and as messages name it.
struct Reached {
    const std::string& by;
    const std::string& path;
};

// The kernel's own seals over content and inode number: another file can't have the same.
bool is_a_seal(const std::string& name) {
    return name == "security.ima" || name == "security.evm";
}

// Attributes grow between the two calls that ask for size and value: asked again then.
template <typename Call> std::string grown(Call call, const std::string& path) {
    while (true) {
        const ssize_t size = call(nullptr, 0);
        if (size < 0) throw system_error(errno, "read the extended attributes of", path);
        if (size == 0) return {};
        std::string text(static_cast<std::size_t>(size), '\0');
        const ssize_t got = call(text.data(), text.size());
        if (got >= 0) return text.substr(0, static_cast<std::size_t>(got));
        if (errno != ERANGE) throw system_error(errno, "read the extended attributes of", path);
    }
}

bool has_attributes(const Reached& file) {
    return ::llistxattr(file.by.c_str(), nullptr, 0) >= 0 || errno != EOPNOTSUPP;
}

Attributes attributes_of(const Reached& file) {
    Attributes attributes;
    if (!has_attributes(file)) return attributes;
    const std::string list = grown(
        [&](char* out, std::size_t size) { return ::llistxattr(file.by.c_str(), out, size); }, file.path);
    for (std::size_t start = 0; start < list.size(); start = list.find('\0', start) + 1) {
        const std::string name = list.c_str() + start;
        if (is_a_seal(name)) continue;
        attributes[name] =
            grown([&](char* out,
                      std::size_t size) { return ::lgetxattr(file.by.c_str(), name.c_str(), out, size); },
                  file.path);
    }
    return attributes;
}

void copy_attributes(const Attributes& wanted, const Reached& to) {
    const Attributes present = attributes_of(to);
    for (const auto& [name, value] : present)
        if (!wanted.contains(name) && ::lremovexattr(to.by.c_str(), name.c_str()) != 0)
            throw system_error(errno, "remove the extended attribute " + name + " of", to.path);
    for (const auto& [name, value] : wanted) {
        const auto found = present.find(name);
        if (found != present.end() && found->second == value) continue;
        if (::lsetxattr(to.by.c_str(), name.c_str(), value.data(), value.size(), 0) != 0)
            throw system_error(errno, "set the extended attribute " + name + " of", to.path);
    }
}

FileStatus status_at(const Reached& file) {
    struct stat found {};
    if (::lstat(file.by.c_str(), &found) != 0) throw system_error(errno, "look at", file.path);
    return status_from(found);
}

void require_same_rights(const Reached& from, const Reached& to) {
    const FileStatus wanted = status_at(from);
    const FileStatus got = status_at(to);
    std::string difference;
    if (wanted.owner != got.owner || wanted.group != got.group)
        difference = "owner or group";
    else if (wanted.mode != got.mode)
        difference = "mode";
    else if (attributes_of(from) != attributes_of(to))
        difference = "extended attributes";
    if (difference.empty()) return;
    throw Error(Code::no_room_or_right, "give the rights of " + from.path + " to", to.path,
                "the volume did not keep its " + difference);
}

} // namespace

// By path and without opening either: closing a descriptor of a database would drop this process's locks on
// it. The mode comes last: a change of owner clears its set-user bits, and removing an access list changes
// its group bits.
void copy_all_rights(const std::string& from_path, const std::string& to_path) {
    const std::string doing = "give the rights of " + from_path + " to";
    const Place from_place = place_of(from_path, doing);
    const Place to_place = place_of(to_path, doing);
    const Reached from{from_place.for_one_call, from_path};
    const Reached to{to_place.for_one_call, to_path};
    const FileStatus wanted = status_at(from);
    const FileStatus present = status_at(to);
    if (wanted.kind == FileKind::link || present.kind == FileKind::link)
        throw Error(Code::not_recognised, doing, to_path, "one of them is a link");
    if ((wanted.owner != present.owner || wanted.group != present.group) &&
        ::lchown(to.by.c_str(), wanted.owner, wanted.group) != 0)
        throw system_error(errno, "set the owner of", to_path);
    copy_attributes(attributes_of(from), to);
    if (uninterrupted(
            [&] { return ::fchmodat(AT_FDCWD, to.by.c_str(), wanted.mode, AT_SYMLINK_NOFOLLOW); }) != 0)
        throw system_error(errno, "set the mode of", to_path);
    require_same_rights(from, to);
}

} // namespace lockstep
