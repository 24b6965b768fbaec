#include "win32/system_error.h"

#include "win32/text.h"

#include <array>

namespace lockstep {

std::string words_of(DWORD number) {
    std::array<wchar_t, 1024> text{};
    const DWORD flags =
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    const DWORD size =
        ::FormatMessageW(flags, nullptr, number, 0, text.data(), static_cast<DWORD>(text.size()), nullptr);
    std::wstring words(text.data(), size);
    words.erase(words.find_last_not_of(L" .\r\n") + 1);
    return words.empty() ? "system error " + std::to_string(number) : narrow(words);
}

bool says_absent(DWORD number) {
    return number == ERROR_FILE_NOT_FOUND || number == ERROR_PATH_NOT_FOUND || number == ERROR_DIRECTORY ||
           number == ERROR_INVALID_NAME;
}

bool says_in_use(DWORD number) {
    return number == ERROR_SHARING_VIOLATION || number == ERROR_LOCK_VIOLATION ||
           number == ERROR_USER_MAPPED_FILE;
}

Error system_error(DWORD number, const std::string& doing, const std::string& subject) {
    const Code code = says_in_use(number) ? Code::busy : code_of_system_error(static_cast<int>(number));
    return {code, doing, subject, words_of(number)};
}

Error last_error(const std::string& doing, const std::string& subject) {
    return system_error(::GetLastError(), doing, subject);
}

} // namespace lockstep
