#include "updater/posix_systemd.h"

#include "updater/process.h"

#include <cstdlib>

namespace lockstep {
namespace {

// Empty where it isn't set.
std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

} // namespace

bool systemd_runs(const FileSystem& files) {
    return files.status("/run/systemd/system").has_value(); // sd_booted(3)
}

std::string systemd_folder() {
    if (is_privileged()) return "/etc/systemd/system";
    const std::string config = environment("XDG_CONFIG_HOME");
    if (!config.empty()) return config + "/systemd/user";
    const std::string home = environment("HOME");
    if (home.empty())
        throw Error(Code::internal_error, "find", "this user's systemd units", "HOME is not set");
    return home + "/.config/systemd/user";
}

bool has_systemd_folder() {
    return is_privileged() || !environment("XDG_CONFIG_HOME").empty() || !environment("HOME").empty();
}

} // namespace lockstep
