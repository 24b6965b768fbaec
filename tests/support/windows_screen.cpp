#include "tests/support/windows_screen.h"

#include <filesystem>
#include <stdexcept>
#include <thread>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr const char* size_of_screen = "1024x768x24";

// The server chooses a number that is free, and says it once it can be used.
std::string number_from(const std::string& file) {
    std::string number;
    while (number.find('\n') == std::string::npos) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        if (fs::exists(file)) number = read_file(file);
    }
    return ":" + number.substr(0, number.find('\n'));
}

// Wine speaks the languages that the C library has; what Debian ships is made into one here.
void make_locale(const std::string& name, const std::string& folder) {
    const Ran made = run({"localedef", "-i", name, "-f", "UTF-8", folder + "/" + name + ".UTF-8"});
    if (made.code != 0) throw std::runtime_error("localedef: " + made.err);
}

} // namespace

std::string why_no_screen() {
    if (const std::string why = why_no_windows(); !why.empty()) return why;
    for (const std::string program : {"Xvfb", "import", "localedef"})
        if (run({"sh", "-c", "command -v " + program}).code != 0)
            return program + " is not installed: packaging/test-dependencies";
    return {};
}

WindowsScreen::WindowsScreen(const WindowsDesk& desk, const std::string& locale) : desk_(desk) {
    const std::string said = folder_ / "number";
    server_ = std::make_unique<BackgroundProgram>(std::vector<std::string>{
        "sh", "-c",
        "exec Xvfb -displayfd 3 -screen 0 " + std::string(size_of_screen) + " 3>" + said + " 2>/dev/null"});
    const std::string number = number_from(said);
    environment_ = {{"DISPLAY", number}, {"LOCKSTEP_DESKTOP", "lockstep-" + number.substr(1)}};
    if (locale == "C") return;
    make_locale(locale, folder_.path());
    environment_["LOCPATH"] = folder_.path();
    environment_["LC_ALL"] = locale + ".UTF-8";
}

// What it starts goes on running, and would keep a pipe open.
Ran WindowsScreen::run_program(const std::vector<std::string>& words) const {
    const std::string said = folder_ / "said";
    std::vector<std::string> line{"sh", "-c", "exec wine \"$@\" >" + said + " 2>/dev/null", "sh"};
    line.insert(line.end(), words.begin(), words.end());
    Ran ran = desk_.run_beside(line, environment_);
    ran.out = read_file(said);
    std::erase(ran.out, '\r'); // its lines end as Windows' lines do
    return ran;
}

Ran WindowsScreen::driver(std::vector<std::string> words) const {
    words.insert(words.begin(), built_for_windows("window_driver.exe"));
    return run_program(words);
}

std::string WindowsScreen::drive(const std::vector<std::string>& words) const {
    const Ran ran = driver(words);
    if (ran.code != 0) throw std::runtime_error(words[0] + ": " + ran.out);
    return ran.out;
}

std::string WindowsScreen::start(const std::string& program, const std::vector<std::string>& words) const {
    std::vector<std::string> all{"start", desk_.on_c(program)};
    all.insert(all.end(), words.begin(), words.end());
    const std::string process = drive(all);
    return process.substr(0, process.find('\n'));
}

Ran WindowsScreen::run_without_window(const std::string& program,
                                      const std::vector<std::string>& words) const {
    std::vector<std::string> all{"run", desk_.on_c(program)};
    all.insert(all.end(), words.begin(), words.end());
    return driver(all);
}

int WindowsScreen::end(const std::string& process, int control) const {
    return driver({"end", process, std::to_string(control)}).code;
}

void WindowsScreen::picture(const std::string& name) const {
    const std::string folder = built("../screenshots");
    fs::create_directories(folder);
    const Ran taken = run({"import", "-window", "root", folder + "/" + name + ".png"}, {},
                          {{"DISPLAY", environment_.at("DISPLAY")}});
    if (taken.code != 0) throw std::runtime_error("import: " + taken.err);
}

} // namespace lockstep
