// The gate: stands at an entry point of the application while a swap runs. Whoever starts the application
// then gets recovery first, then the application, with its own arguments.
//
// It is a program of its own, without libraries, so that it starts however far the swap has come. It finds
// the engine at .lockstep/update in the nearest parent folder; `update recover` waits for a running updater.

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

constexpr int cannot_start = 126; // as a shell says "found but can't be run"

std::string own_path() {
    char path[PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
    return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

bool exists(const std::string& path) {
    struct stat status;
    return stat(path.c_str(), &status) == 0;
}

std::string install_root(std::string folder) {
    while (!folder.empty()) {
        folder.erase(folder.rfind('/'));
        if (exists(folder + "/.lockstep/update")) return folder;
    }
    return {};
}

// The exit code of `update recover`, or -1 where it could not be run.
int recover(const std::string& root) {
    const std::string engine = root + "/.lockstep/update";
    const pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        // What went wrong is for the person who waits; that all is well is not worth a line before the
        // application's.
        std::freopen("/dev/null", "w", stdout);
        execl(engine.c_str(), engine.c_str(), "recover", "--root", root.c_str(), static_cast<char*>(nullptr));
        _exit(cannot_start);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int refuse(const std::string& reason) {
    std::fprintf(stderr,
                 "The application can't start yet: an update of it was interrupted, and %s.\n"
                 "Your data is safe. Start it as the user who owns the application, or ask for help.\n",
                 reason.c_str());
    return cannot_start;
}

} // namespace

int main(int, char** argv) {
    const std::string self = own_path();
    struct stat gate;
    if (self.empty() || stat(self.c_str(), &gate) != 0) return refuse("its own file can't be found");
    const std::string root = install_root(self);
    if (root.empty()) return refuse("the updater that would finish it is missing");
    const int result = recover(root);
    if (result != 0) return refuse("finishing it failed (exit code " + std::to_string(result) + ")");
    // Recovery has put the application where this file stood; without that, this would start itself for ever.
    struct stat application;
    if (stat(self.c_str(), &application) != 0)
        return refuse("this version no longer has the program " + self);
    if (application.st_ino == gate.st_ino && application.st_dev == gate.st_dev)
        return refuse("the application was not put back");
    execv(self.c_str(), argv);
    return refuse(std::string("it could not be started: ") + std::strerror(errno));
}
