#include "win32/open_log.h"

#include "win32/command_words.h"
#include "win32/text.h"

#include <algorithm>
#include <array>

namespace lockstep {
namespace {

std::string notepad() {
    std::array<wchar_t, MAX_PATH> folder{};
    const UINT size = ::GetSystemDirectoryW(folder.data(), static_cast<UINT>(folder.size()));
    return narrow({folder.data(), std::min<std::size_t>(size, folder.size())}) + "\\notepad.exe";
}

} // namespace

void open_log(HWND window, const std::string& path) {
    const std::string file = narrow(with_backslashes(path));
    const std::string program = notepad();
    std::wstring line = command_line_of({program, file});
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    PROCESS_INFORMATION made{};
    if (::CreateProcessW(wide(program).c_str(), line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr,
                         &startup, &made) == 0) {
        const Error error = last_error("open", file);
        ::MessageBoxW(window, wide(error.what()).c_str(), nullptr, MB_OK | MB_ICONWARNING);
        return;
    }
    const Handle process(made.hProcess);
    const Handle thread(made.hThread);
}

} // namespace lockstep
