#include "updater/scheduler.h"

#include "payload/digest.h"

namespace lockstep {

std::string task_name(const std::string& purpose, const std::string& root) {
    constexpr std::size_t digits = 12; // of the root's hash: a few installations for each user
    return "lockstep-" + purpose + sha256(root).substr(0, digits);
}

} // namespace lockstep
