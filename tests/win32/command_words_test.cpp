// A process that is started again gets the same words: Windows hands them over as one line.
#include "win32/command_words.h"
#include "win32/text.h"

#include "win32/system_error.h"
#include <gtest/gtest.h>
#include <shellapi.h>

namespace lockstep {
namespace {

std::vector<std::string> split_by_windows(const std::wstring& line) {
    int count = 0;
    LPWSTR* const words = ::CommandLineToArgvW(line.c_str(), &count);
    std::vector<std::string> found;
    for (int i = 0; words && i < count; ++i) found.push_back(narrow(words[i]));
    ::LocalFree(static_cast<HLOCAL>(words));
    return found;
}

TEST(CommandWords, ComeBackAsTheyWere) {
    const std::vector<std::string> words{"C:\\Program Files\\Clinic\\update.exe",
                                         "--root",
                                         "C:\\Küste\\field \\",
                                         "",
                                         "say \"yes\"",
                                         "back\\\\slashes\\\"before",
                                         "tab\there",
                                         "--trust",
                                         "plain\\path\\",
                                         "\\\\server\\share\\李.pub"};
    EXPECT_EQ(split_by_windows(command_line_of(words)), words);
}

} // namespace
} // namespace lockstep
