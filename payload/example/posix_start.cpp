#include "payload/example/start.h"

#include <filesystem>

namespace lockstep::clinic {

std::string install_folder() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

std::vector<std::string> words_of(int argc, char** argv) {
    return {argv + 1, argv + argc};
}

} // namespace lockstep::clinic
