#include "updater/posix_files.h"

#include <cstdio>
#include <fcntl.h>

namespace lockstep {
namespace {

bool unsupported(int number) {
    return number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
}

bool rename_with(const std::string& from, const std::string& to, unsigned flags) {
    return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0;
}

// For volumes whose driver knows no RENAME_NOREPLACE. link() never replaces; a power cut between the two
// calls leaves the file under both names, whole. Folders and volumes without hard links (FAT) have only the
// check before the rename, with a gap between the two in which a file of that name is lost: there is no
// better call for them.
void rename_by_hand(const std::string& from, const std::string& to) {
    const std::string doing = "rename " + from + " to";
    if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0) == 0) {
        if (::unlink(from.c_str()) != 0) throw system_error(errno, doing, to);
        return;
    }
    if (errno != EPERM && !unsupported(errno)) throw system_error(errno, doing, to);
    struct stat found {};
    if (::lstat(to.c_str(), &found) == 0) throw system_error(EEXIST, doing, to);
    if (::rename(from.c_str(), to.c_str()) != 0) throw system_error(errno, doing, to);
}

} // namespace

void rename_without_replacing(const std::string& from, const std::string& to) {
    if (rename_with(from, to, RENAME_NOREPLACE)) return;
    if (!unsupported(errno)) throw system_error(errno, "rename " + from + " to", to);
    rename_by_hand(from, to);
}

bool exchange_names(const std::string& one, const std::string& other) {
    if (rename_with(one, other, RENAME_EXCHANGE)) return true;
    if (unsupported(errno)) return false;
    throw system_error(errno, "exchange " + one + " and", other);
}

} // namespace lockstep
