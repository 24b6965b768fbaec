#include "updater/posix_files.h"

#include <cstdio>
#include <fcntl.h>

namespace lockstep {
namespace {

bool unsupported(int number) {
    return number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
}

bool rename_with(const Place& from, const Place& to, unsigned flags) {
    return ::renameat2(from.folder, from.name.c_str(), to.folder, to.name.c_str(), flags) == 0;
}

// For volumes whose driver knows no RENAME_NOREPLACE. link() never replaces; a power cut between the two
// calls leaves the file under both names, whole. Folders and volumes without hard links (FAT) have only the
// check before the rename, with a gap between the two in which a file of that name is lost: there is no
// better call for them.
void rename_by_hand(const Place& from, const Place& to, const std::string& doing, const std::string& path) {
    if (::linkat(from.folder, from.name.c_str(), to.folder, to.name.c_str(), 0) == 0) {
        if (::unlinkat(from.folder, from.name.c_str(), 0) != 0) throw system_error(errno, doing, path);
        return;
    }
    if (errno != EPERM && !unsupported(errno)) throw system_error(errno, doing, path);
    struct stat found {};
    if (::fstatat(to.folder, to.name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0)
        throw system_error(EEXIST, doing, path);
    if (!rename_with(from, to, 0)) throw system_error(errno, doing, path);
}

} // namespace

void rename_without_replacing(const std::string& from, const std::string& to) {
    const std::string doing = "rename " + from + " to";
    const Place source = place_of(from, doing);
    const Place target = place_of(to, doing);
    if (rename_with(source, target, RENAME_NOREPLACE)) return;
    if (!unsupported(errno)) throw system_error(errno, doing, to);
    rename_by_hand(source, target, doing, to);
}

void rename_replacing(const std::string& from, const std::string& to) {
    const std::string doing = "rename " + from + " over";
    if (!rename_with(place_of(from, doing), place_of(to, doing), 0)) throw system_error(errno, doing, to);
}

bool exchange_names(const std::string& one, const std::string& other) {
    const std::string doing = "exchange " + one + " and";
    if (rename_with(place_of(one, doing), place_of(other, doing), RENAME_EXCHANGE)) return true;
    if (unsupported(errno)) return false;
    throw system_error(errno, doing, other);
}

} // namespace lockstep
