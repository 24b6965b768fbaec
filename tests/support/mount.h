// A volume of its own for a test: a tmpfs in a folder, or a folder made read-only. Only root may mount.
#pragma once

#include "tests/support/own_mounts.h"

#include <filesystem>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

namespace lockstep {

class Mount {
  public:
    // `options`: "size=4m". The folder is made where it is missing.
    Mount(const std::string& folder, const std::string& options) : folder_(folder) {
        std::filesystem::create_directories(folder);
        keep_mounts_to_this_process();
        mounted_ = ::mount("tmpfs", folder.c_str(), "tmpfs", 0, options.c_str()) == 0;
    }
    ~Mount() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    Mount(const Mount&) = delete;
    Mount& operator=(const Mount&) = delete;

    bool mounted() const { return mounted_; }
    bool set_read_only(bool read_only) const {
        return ::mount("", folder_.c_str(), "", MS_REMOUNT | (read_only ? MS_RDONLY : 0), "") == 0;
    }
    bool resize(const std::string& options) const {
        return ::mount("", folder_.c_str(), "", MS_REMOUNT, options.c_str()) == 0;
    }

  private:
    std::string folder_;
    bool mounted_ = false;
};

} // namespace lockstep
