// What the example application asks the system when it starts.
#pragma once

#include <string>
#include <vector>

namespace lockstep::clinic {

// The folder of the running executable.
std::string install_folder();
// What the user typed after the program's name, in UTF-8.
std::vector<std::string> words_of(int argc, char** argv);

} // namespace lockstep::clinic
