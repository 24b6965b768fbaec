// A screen for Windows' windows: an X server that shows nothing to anybody, the pictures of it, and a hand
// that drives another program's window by messages (tests/win32/window_driver.cpp).
#pragma once

#include "tests/support/background_program.h"
#include "tests/support/windows_desk.h"

#include <memory>
#include <string>
#include <vector>

namespace lockstep {

// Empty where there is all that it takes; else what is missing, for GTEST_SKIP.
std::string why_no_screen();

class WindowsScreen {
  public:
    // `locale`: the language of the programs that are started, "fr_FR"; English for "C".
    explicit WindowsScreen(const WindowsDesk& desk, const std::string& locale = "C");

    // As a double-click starts it; returns the process's number.
    std::string start(const std::string& program, const std::vector<std::string>& words) const;
    // start(), its end and its exit code; fails where it opens the update window.
    Ran run_without_window(const std::string& program, const std::vector<std::string>& words) const;
    // A command of the driver; throws where it fails.
    std::string drive(const std::vector<std::string>& words) const;
    // Presses, and waits for the process's end; its exit code.
    int end(const std::string& process, int control) const;

    // A program that opens windows on the tests' own desktop; what it prints is in `out`.
    Ran run_program(const std::vector<std::string>& words) const;

    // The whole screen, as build/screenshots/<name>.png, for people to look at.
    void picture(const std::string& name) const;

  private:
    Ran driver(std::vector<std::string> words) const;

    const WindowsDesk& desk_;
    TemporaryFolder folder_;
    std::unique_ptr<BackgroundProgram> server_;
    std::map<std::string, std::string> environment_;
};

} // namespace lockstep
