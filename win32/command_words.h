// A program's words as one line, as Windows hands them over, and back.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

// https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
std::wstring command_line_of(const std::vector<std::string>& words);
// This process's own words, in UTF-8.
std::vector<std::string> own_words();

} // namespace lockstep
