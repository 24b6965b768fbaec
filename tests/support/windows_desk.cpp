#include "tests/support/windows_desk.h"

#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::string windows_build = built("../win64");
const std::string wine_home = built("../win64/wine");

// No dialogue of Wine's own, and no window: there is no display.
std::map<std::string, std::string> environment() {
    return {{"WINEPREFIX", wine_home},
            {"WINEDEBUG", "-all"},
            {"WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe="},
            {"LC_ALL", "C.UTF-8"},
            {"DISPLAY", ""}};
}

std::map<std::string, std::string> environment_with(const std::map<std::string, std::string>& more) {
    auto variables = environment();
    for (const auto& [name, value] : more) variables[name] = value;
    return variables;
}

Ran must(const Ran& ran, const std::string& what) {
    if (ran.code != 0)
        throw std::runtime_error(what + ": " + std::to_string(ran.code) + "\n" + ran.out + ran.err);
    return ran;
}

// Wine's own Windows, made once; tests that run side by side wait for it.
void require_wine_home() {
    fs::create_directories(windows_build);
    const int lock = ::open((windows_build + "/wine.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || ::flock(lock, LOCK_EX) != 0) throw std::runtime_error("no lock for Wine's folder");
    if (!fs::exists(wine_home + "/made")) {
        fs::remove_all(wine_home);
        must(run({"wine", "wineboot", "--init"}, {}, environment()), "wineboot");
        must(run({"wineserver", "--wait"}, {}, environment()), "wineserver");
        write_file(wine_home + "/made", "");
    }
    // Else each program starts Windows anew, which takes seconds, and its services keep the program's output
    // open. It ends a minute after the last program.
    must(run({"sh", "-c", "{ wineserver -p60; wine cmd /c exit; } </dev/null >/dev/null 2>&1"}, {},
             environment()),
         "wineserver");
    ::close(lock);
}

std::string folder_on_c() {
    static std::atomic<int> count{0};
    return wine_home + "/drive_c/lockstep-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

} // namespace

std::string why_no_windows() {
    const Ran found = run({"sh", "-c", "command -v wine"});
    if (found.code != 0) return "wine is not installed: packaging/test-dependencies";
    if (!fs::exists(built_for_windows("update.exe")))
        return "there are no executables for Windows: packaging/build-windows makes them";
    return {};
}

std::string built_for_windows(const std::string& name) {
    return windows_build + "/bin/" + name;
}

WindowsDesk::WindowsDesk() : drive_(folder_on_c()) {
    require_wine_home();
    fs::create_directories(drive_);
    fs::copy(windows_build + "/example", folder_.path(), fs::copy_options::recursive);
    fs::copy(built("../example/samples"), folder_ / "samples", fs::copy_options::recursive);
    must(lockstep({"keygen", "office"}), "keygen");
}

WindowsDesk::~WindowsDesk() {
    std::error_code ignored;
    fs::remove_all(drive_, ignored);
}

Ran WindowsDesk::lockstep(std::vector<std::string> words) const {
    words.insert(words.begin(), built("lockstep"));
    return run(words, folder_.path());
}

std::string WindowsDesk::bundle(const std::string& release) {
    const std::string gate = built_for_windows("gate.exe");
    const std::string out = folder_ / (release + ".bundle");
    must(lockstep({"rehearse", release, "--gate", gate}), "rehearse " + release);
    must(lockstep({"build", release, "--gate", gate, "--key", "office.key", "-o", out}), "build " + release);
    return out;
}

std::string WindowsDesk::wrapped(const std::string& release) {
    const std::string out = folder_ / (release + ".exe");
    must(lockstep({"wrap", bundle(release), "--stub", built_for_windows("update.exe"), "-o", out}),
         "wrap " + release);
    return out;
}

std::string WindowsDesk::install(const std::string& name, int rows) const {
    const std::string root = drive_ + "/" + name;
    fs::create_directories(fs::path(root).parent_path());
    fs::copy(folder_ / "app-1.0.0", root, fs::copy_options::recursive);
    must(clinic(root, {"--init", "--rows", std::to_string(rows)}), "clinic --init");
    return root;
}

std::string WindowsDesk::on_c(const std::string& path) const {
    const std::string drive = wine_home + "/drive_c";
    std::string text =
        path.starts_with(drive) ? "C:" + path.substr(drive.size()) : "Z:" + fs::absolute(path).string();
    std::ranges::replace(text, '/', '\\');
    return text;
}

Ran WindowsDesk::run_windows(std::vector<std::string> words, const std::string& folder,
                             const std::map<std::string, std::string>& more) const {
    words.insert(words.begin(), "wine");
    return run(words, folder.empty() ? drive_ : folder, environment_with(more));
}

Ran WindowsDesk::run_beside(const std::vector<std::string>& words,
                            const std::map<std::string, std::string>& more) const {
    return run(words, drive_, environment_with(more));
}

Ran WindowsDesk::update(const std::string& executable, const std::string& root,
                        std::vector<std::string> words) const {
    words.insert(words.begin(), {executable, "--root", on_c(root)});
    return run_windows(words);
}

// Whose lines end as Windows' lines do.
Ran WindowsDesk::clinic(const std::string& root, std::vector<std::string> words) const {
    words.insert(words.begin(), root + "/clinic.exe");
    Ran ran = run_windows(words, root);
    std::erase(ran.out, '\r');
    return ran;
}

} // namespace lockstep
