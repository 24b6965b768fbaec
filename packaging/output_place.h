// Where a command may write: never over what was meant for another option, such as the only copy of a key.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace lockstep {

struct OutputPlace {
    std::string path;
    std::string noun; // "bundle"
    // Whether the file that is there already may be written over.
    std::function<bool(const std::string& path)> is_one;
    std::vector<std::string> inputs; // files of this command, which are never written over
};

// Throws Error (wrong_usage) where the path is a folder or no plain file, an input, or a file that is no such
// output, and where its folder isn't there.
void require_place_for(const OutputPlace& place);

// Of --html, where it was given.
void require_page_place(const std::string& path, const std::vector<std::string>& inputs);

// For a folder that may be there already. Throws Error (wrong_usage) where something else has its name.
void require_folder_place(const std::string& path);

// For CLI::Option::check(): what is wrong with a name, or nothing.
std::string empty_name_refusal(const std::string& name);

} // namespace lockstep
