// The update as another user than root: nobody.
#pragma once

#include "tests/support/installation.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#define NEEDS_ROOT()                                                                                         \
    if (::geteuid() != 0) GTEST_SKIP() << "only root may mount volumes and become another user"
#define NEEDS_MOUNT(mount)                                                                                   \
    if (!(mount).mounted()) GTEST_SKIP() << "no volume can be mounted here"

namespace lockstep {

inline Ran as_nobody(std::vector<std::string> argv) {
    argv.insert(argv.begin(), {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"});
    return run(argv, "/");
}

inline Ran apply_as_nobody(const Installation& field, const std::vector<std::string>& words = {}) {
    std::vector<std::string> argv{built("update"),
                                  "--root",
                                  field.root(),
                                  "--bundle",
                                  common_bundle(),
                                  "--trust",
                                  common_workshop() / "key.pub"};
    argv.insert(argv.end(), words.begin(), words.end());
    return as_nobody(argv);
}

inline void give_to_nobody(const std::string& path) {
    if (run({"chown", "-R", "65534:65534", path}).code != 0)
        throw std::runtime_error("the owner can't be changed");
}

// One that the user nobody may enter too.
class ReadableFolder {
  public:
    ReadableFolder() { std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755)); }
    std::string operator/(const std::string& name) const { return folder_ / name; }

  private:
    TemporaryFolder folder_;
};

} // namespace lockstep
