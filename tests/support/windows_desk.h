// A Windows laptop, under Wine: installations of the example application on its drive C:, and updates made
// for it on Linux, by the release manager's own tool.
#pragma once

#include "tests/support/run.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tree.h"

#include <map>
#include <string>
#include <vector>

namespace lockstep {

// Empty where Wine and the Windows executables are there; else what is missing, for GTEST_SKIP.
std::string why_no_windows();

// The executables for Windows: "update.exe", "gate.exe", "seam_tests.exe".
std::string built_for_windows(const std::string& name);

class WindowsDesk {
  public:
    WindowsDesk();
    ~WindowsDesk();
    WindowsDesk(const WindowsDesk&) = delete;
    WindowsDesk& operator=(const WindowsDesk&) = delete;

    // The release manager's folder: the example's releases, their code for Windows, a key "office".
    std::string operator/(const std::string& name) const { return folder_ / name; }
    Ran lockstep(std::vector<std::string> words) const;
    std::string bundle(const std::string& release);  // rehearse + build; throws where it fails
    std::string wrapped(const std::string& release); // and wrap; the update executable's path

    // An installation of 1.0.0 in a folder of that name on C:; its place as Linux sees it.
    std::string install(const std::string& name, int rows = 20) const;
    // The same place as Windows has it: C:\…
    std::string on_c(const std::string& path) const;

    // Runs a program for Windows. Its words are Windows' own. `more`: environment.
    Ran run_windows(std::vector<std::string> words, const std::string& folder = {},
                    const std::map<std::string, std::string>& more = {}) const;
    // A command for Linux that starts Wine itself, with its environment.
    Ran run_beside(const std::vector<std::string>& words,
                   const std::map<std::string, std::string>& more) const;
    // UPDATE --root ROOT WORDS
    Ran update(const std::string& executable, const std::string& root, std::vector<std::string> words) const;
    Ran clinic(const std::string& root, std::vector<std::string> words) const;

  private:
    TemporaryFolder folder_;
    std::string drive_; // this desk's own folder on C:, as Linux sees it
};

} // namespace lockstep
