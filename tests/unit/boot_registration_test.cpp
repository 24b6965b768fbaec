// What is registered for the next start of the computer, where a user has no home.
#include "tests/support/hooked_files.h"
#include "updater/scheduler.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>
#include <unistd.h>

namespace lockstep {
namespace {

class OnSystemd : public HookedFiles {
  public:
    std::optional<FileStatus> status(const std::string& path) const override {
        return HookedFiles::status(path == "/run/systemd/system" ? "/" : path);
    }
};

// As a user without rights and without a home; says on stderr what was thrown.
template <typename Act> int without_home(Act act) {
    ::unsetenv("HOME");
    ::unsetenv("XDG_CONFIG_HOME");
    if (::geteuid() == 0 && ::setuid(65534) != 0) return 2;
    OnSystemd files;
    try {
        act(files);
        return 0;
    } catch (const Error& error) {
        std::cerr << error.what();
        return 1;
    }
}

TEST(BootRegistration, WithoutAHomeThereIsNothingToUnregister) {
    const auto boot = [](FileSystem& files) { unregister_at_boot(files, "lockstep-recovery-x"); };
    EXPECT_EXIT(::_exit(without_home(boot)), ::testing::ExitedWithCode(0), "^$");
    const auto daily = [](FileSystem& files) { unregister_daily(files, "lockstep-x", "/tmp"); };
    EXPECT_EXIT(::_exit(without_home(daily)), ::testing::ExitedWithCode(0), "^$");
}

TEST(BootRegistration, WithoutAHomeItCanNotBeRegistered) {
    const auto boot = [](FileSystem& files) {
        register_at_boot(files, {"lockstep-recovery-x", {"/bin/true"}});
    };
    EXPECT_EXIT(::_exit(without_home(boot)), ::testing::ExitedWithCode(1), "HOME is not set");
}

} // namespace
} // namespace lockstep
