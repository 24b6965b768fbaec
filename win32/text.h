// UTF-8, as everywhere else, and the UTF-16 that Windows' calls take.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

// Throws Error (wrong_usage) for text that is not UTF-8.
std::wstring wide(std::string_view utf8);
// Half a surrogate pair, which a file's name may have, becomes U+FFFD: such a file is then not found again.
std::string narrow(std::wstring_view text);

// A path as the calls take it: absolute, with \ for separators, and with \\?\ (\\?\UNC\ for a share) before
// it, so that there is no limit to its length. https://learn.microsoft.com/windows/win32/fileio/naming-a-file
std::wstring system_path(const std::string& path);
std::wstring system_path(const std::wstring& path);
// As it is, but for its separators: for the programs and calls that know no other.
std::wstring with_backslashes(const std::string& path);
// Such a path, as everything else has it: "C:/clinic", "//server/share/clinic".
std::string plain_path(std::wstring_view path);

} // namespace lockstep
