#include "updater/process.h"

#include "win32/cancel.h"
#include "win32/security.h"
#include "win32/text.h"

#include <array>
#include <bit>
#include <cstdio>

namespace lockstep {
namespace {

std::atomic<bool> cancelled{false};

// Windows ends a console's programs some seconds after it told them that the user logs off or the machine is
// shut down: whoever only waits for this handler has that long to come to an end.
BOOL WINAPI note_cancel(DWORD event) {
    cancelled = true;
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) ::Sleep(INFINITE);
    return TRUE;
}

} // namespace

void ask_to_cancel(bool asked) {
    cancelled = asked;
}

Language system_language() {
    switch (PRIMARYLANGID(::GetUserDefaultUILanguage())) {
    case LANG_FRENCH:
        return Language::french;
    case LANG_SPANISH:
        return Language::spanish;
    default:
        return Language::english;
    }
}

void catch_cancel() {
    if (::SetConsoleCtrlHandler(&note_cancel, TRUE) == 0) throw last_error("watch for", "Ctrl-C");
    // The laptop must not fall asleep halfway; it ends with this process.
    ::SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED);
}

bool cancel_requested() {
    return cancelled;
}

std::string own_executable() {
    std::wstring path(MAX_PATH, L'\0');
    while (true) {
        const DWORD size = ::GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
        if (size == 0) throw last_error("find", "this program's own file");
        if (size < path.size()) return plain_path(std::wstring_view(path).substr(0, size));
        path.resize(path.size() * 2);
    }
}

// By the registry: GetVersionEx says what the application manifest lists.
std::string system_description() {
    const auto value = [](const wchar_t* name) {
        std::array<wchar_t, 128> text{};
        DWORD size = static_cast<DWORD>(text.size() * sizeof(wchar_t));
        const LSTATUS status =
            ::RegGetValueW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", name,
                           RRF_RT_REG_SZ, nullptr, text.data(), &size);
        return status == ERROR_SUCCESS ? narrow(text.data()) : std::string("unknown");
    };
    return value(L"ProductName") + ", build " + value(L"CurrentBuild");
}

std::string working_folder() {
    return plain_path(system_path(std::wstring(L".")));
}

// Windows 10's consoles know the sequences that a bar is drawn with, once they are told to.
bool stderr_is_terminal() {
    constexpr DWORD virtual_terminal = 4; // ENABLE_VIRTUAL_TERMINAL_PROCESSING
    HANDLE const console = ::GetStdHandle(STD_ERROR_HANDLE);
    DWORD mode = 0;
    return ::GetConsoleMode(console, &mode) != 0 && ::SetConsoleMode(console, mode | virtual_terminal) != 0;
}

bool is_privileged() {
    return is_administrator();
}

int processors() {
    DWORD_PTR own = 0;
    DWORD_PTR all = 0;
    if (::GetProcessAffinityMask(::GetCurrentProcess(), &own, &all) == 0)
        throw last_error("ask for the processors of", "this program");
    return std::popcount(own); // 0 where they are of several groups
}

std::optional<int> battery_percent() {
    SYSTEM_POWER_STATUS power{};
    constexpr BYTE most_percent = 100; // 255: unknown
    if (::GetSystemPowerStatus(&power) == 0 || power.ACLineStatus != 0) return std::nullopt;
    if (power.BatteryLifePercent > most_percent) return std::nullopt;
    return power.BatteryLifePercent;
}

std::string utc_now() {
    SYSTEMTIME now{};
    ::GetSystemTime(&now);
    std::array<char, 64> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ", now.wYear,
                                    now.wMonth, now.wDay, now.wHour, now.wMinute, now.wSecond));
    return text.data();
}

} // namespace lockstep
