#include "tests/support/own_mounts.h"

#include <cerrno>
#include <sched.h>
#include <sys/mount.h>
#include <system_error>

namespace lockstep {
namespace {

bool leave_the_others() {
    if (::unshare(CLONE_NEWNS) != 0) return false;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), "mounts would be seen by others");
    return true;
}

} // namespace

void keep_mounts_to_this_process() {
    static const bool left = leave_the_others();
    static_cast<void>(left);
}

} // namespace lockstep
