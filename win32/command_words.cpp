#include "win32/command_words.h"

#include "win32/text.h"

#include "win32/system_error.h"
#include <shellapi.h>

namespace lockstep {
namespace {

// Backslashes count only before a quotation mark.
std::wstring quoted(const std::wstring& word) {
    if (!word.empty() && word.find_first_of(L" \t\n\v\"") == std::wstring::npos) return word;
    std::wstring text = L"\"";
    std::size_t backslashes = 0;
    for (const wchar_t c : word) {
        if (c == L'"') text.append(backslashes + 1, L'\\');
        backslashes = c == L'\\' ? backslashes + 1 : 0;
        text += c;
    }
    return text.append(backslashes, L'\\') + L"\"";
}

} // namespace

std::wstring command_line_of(const std::vector<std::string>& words) {
    std::wstring line;
    for (const std::string& word : words) line += (line.empty() ? L"" : L" ") + quoted(wide(word));
    return line;
}

std::vector<std::string> own_words() {
    int count = 0;
    LPWSTR* const split = ::CommandLineToArgvW(::GetCommandLineW(), &count);
    if (!split) throw last_error("understand", "the command line");
    std::vector<std::string> words;
    words.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) words.push_back(narrow(split[i]));
    ::LocalFree(static_cast<HLOCAL>(split));
    return words;
}

} // namespace lockstep
