#include "payload/example/start.h"

#include "updater/process.h"
#include "win32/command_words.h"

namespace lockstep::clinic {

std::string install_folder() {
    return parent_of(own_executable());
}

// Those of main() have lost every character that the system's own code page lacks.
std::vector<std::string> words_of(int /*argc*/, char** /*argv*/) {
    std::vector<std::string> words = own_words();
    words.erase(words.begin());
    return words;
}

} // namespace lockstep::clinic
