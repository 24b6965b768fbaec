// What a folder holds, to the byte, so that a test can say "nothing changed" and mean it.
#pragma once

#include <map>
#include <string>

namespace lockstep {

// Path -> kind, mode, and the content itself. `with_state`: .lockstep and .lockstep-N too.
using Tree = std::map<std::string, std::string>;
Tree tree_of(const std::string& folder, bool with_state = false);

// Paths that differ, a line each; empty where the trees are equal. For EXPECT_EQ(differences(a, b), "").
std::string differences(const Tree& before, const Tree& after);

void write_file(const std::string& path, const std::string& content, int mode = 0644); // with its folders
std::string read_file(const std::string& path);

} // namespace lockstep
