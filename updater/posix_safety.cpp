// Whether a less privileged user could put something else in a folder's place, or into it.
#include "updater/posix_files.h"

#include <array>
#include <grp.h>
#include <pwd.h>
#include <sys/xattr.h>

namespace lockstep {
namespace {

constexpr std::size_t account_limit = 16384; // bytes of one line of passwd or group

std::string user_name(std::uint32_t id) {
    std::array<char, account_limit> room{};
    passwd entry{};
    passwd* found = nullptr;
    const bool known = ::getpwuid_r(id, &entry, room.data(), room.size(), &found) == 0 && found;
    const std::string number = "uid " + std::to_string(id);
    return known ? std::string(found->pw_name) + " (" + number + ")" : number;
}

std::string group_name(std::uint32_t id) {
    std::array<char, account_limit> room{};
    group entry{};
    group* found = nullptr;
    const bool known = ::getgrgid_r(id, &entry, room.data(), room.size(), &found) == 0 && found;
    const std::string number = "gid " + std::to_string(id);
    return known ? std::string(found->gr_name) + " (" + number + ")" : number;
}

bool has_access_list(const std::string& path) {
    return ::lgetxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

// `last`: the folder that is asked about. In a sticky folder on the way nobody can rename or remove what is
// root's, but everybody can put something into it.
std::optional<std::string> why_unsafe_itself(const std::string& path, bool last) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) throw system_error(errno, "look at", path);
    if (!S_ISDIR(found.st_mode)) return path + " is not a folder";
    if (found.st_uid != 0) return path + " belongs to " + user_name(found.st_uid) + ", who could replace it";
    if ((found.st_mode & S_ISVTX) != 0 && !last) return std::nullopt;
    if ((found.st_mode & S_IWOTH) != 0) return "everybody may write to " + path;
    if ((found.st_mode & S_IWGRP) == 0) return std::nullopt;
    if (found.st_gid != 0) return "the group " + group_name(found.st_gid) + " may write to " + path;
    // With an access list the group bits are the most that any entry of it may have: someone else may write,
    // then.
    if (has_access_list(path)) return "the access list of " + path + " lets others than root write to it";
    return std::nullopt;
}

} // namespace

std::optional<std::string> why_unsafe(const std::string& real_folder) {
    std::vector<std::string> way{real_folder};
    while (way.back() != "/") way.push_back(parent_of(way.back()));
    for (auto path = way.rbegin(); path != way.rend(); ++path)
        if (auto why = why_unsafe_itself(*path, *path == real_folder)) return why;
    return std::nullopt;
}

} // namespace lockstep
