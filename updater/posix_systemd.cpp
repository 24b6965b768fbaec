#include "updater/posix_systemd.h"

#include "updater/process.h"

#include <cstdlib>

namespace lockstep {

bool systemd_runs(const FileSystem& files) {
    return files.status("/run/systemd/system").has_value(); // sd_booted(3)
}

std::string systemd_folder() {
    if (is_privileged()) return "/etc/systemd/system";
    const char* const config = std::getenv("XDG_CONFIG_HOME");
    if (config && *config) return std::string(config) + "/systemd/user";
    const char* const home = std::getenv("HOME");
    if (!home || !*home)
        throw Error(Code::internal_error, "find", "this user's systemd units", "HOME is not set");
    return std::string(home) + "/.config/systemd/user";
}

} // namespace lockstep
