// The gate on Windows: see updater/gate.cpp. It uses no library but Windows' own, and opens no console. While
// it runs, its file can't be removed: the engine puts it aside until a later start.
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <string>

namespace {

constexpr int cannot_start = 126; // as a shell says "found but can't be run"
constexpr DWORD longest_path = 32768;
const std::wstring engine_below_root = L"\\.lockstep\\update.exe";

std::wstring own_path() {
    std::wstring path(longest_path, L'\0');
    path.resize(GetModuleFileNameW(nullptr, path.data(), longest_path));
    if (!path.starts_with(L"\\\\")) path.insert(0, L"\\\\?\\"); // of any length
    return path;
}

bool exists(const std::wstring& path) {
    return GetFileAttributesW(path.c_str()) != INVALID_FILE_ATTRIBUTES;
}

std::wstring install_root(std::wstring folder) {
    while (folder.rfind(L'\\') != std::wstring::npos) {
        folder.erase(folder.rfind(L'\\'));
        if (exists(folder + engine_below_root)) return folder;
    }
    return {};
}

struct Identity {
    DWORD volume = 0;
    DWORD high = 0;
    DWORD low = 0;
    bool operator==(const Identity&) const = default;
};

bool identity_of(const std::wstring& path, Identity& identity) {
    HANDLE const file = CreateFileW(path.c_str(), FILE_READ_ATTRIBUTES,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                    OPEN_EXISTING, 0, nullptr);
    if (file == INVALID_HANDLE_VALUE) return false;
    BY_HANDLE_FILE_INFORMATION found{};
    const bool known = GetFileInformationByHandle(file, &found) != 0;
    CloseHandle(file);
    identity = {found.dwVolumeSerialNumber, found.nFileIndexHigh, found.nFileIndexLow};
    return known;
}

// The exit code of a program that runs to its end, or -1 where it could not be started. Without `show` what
// it prints to its standard output goes nowhere.
int run(const std::wstring& program, std::wstring line, bool show) {
    SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
    HANDLE const null = CreateFileW(L"NUL", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                                    OPEN_EXISTING, 0, nullptr);
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    startup.hStdOutput = show ? GetStdHandle(STD_OUTPUT_HANDLE) : null;
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    PROCESS_INFORMATION made{};
    const bool started = CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE, 0, nullptr,
                                        nullptr, &startup, &made) != 0;
    CloseHandle(null);
    if (!started) return -1;
    WaitForSingleObject(made.hProcess, INFINITE);
    DWORD code = 0;
    GetExitCodeProcess(made.hProcess, &code);
    CloseHandle(made.hThread);
    CloseHandle(made.hProcess);
    return static_cast<int>(code);
}

// Where there is nothing to print to, it was started by a double-click.
int refuse(const std::wstring& reason) {
    const std::wstring text =
        L"The application can't start yet: an update of it was interrupted, and " + reason +
        L".\nYour data is safe. Start it as the user who owns the application, or ask for help.\n";
    HANDLE const err = GetStdHandle(STD_ERROR_HANDLE);
    const int size = WideCharToMultiByte(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0,
                                         nullptr, nullptr);
    std::string bytes(static_cast<std::size_t>(size), '\0');
    WideCharToMultiByte(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), bytes.data(), size, nullptr,
                        nullptr);
    DWORD written = 0;
    if (WriteFile(err, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr) == 0)
        MessageBoxW(nullptr, text.c_str(), L"Update", MB_OK | MB_ICONWARNING);
    return cannot_start;
}

// The word ends at the first one that a quotation mark doesn't hold together; the root has none in it.
std::wstring without_prefix(const std::wstring& path) {
    const std::wstring verbatim = L"\\\\?\\";
    return path.starts_with(verbatim) ? path.substr(verbatim.size()) : path;
}

} // namespace

int main() {
    const std::wstring self = own_path();
    Identity gate;
    if (!identity_of(self, gate)) return refuse(L"its own file can't be found");
    const std::wstring root = install_root(self);
    if (root.empty()) return refuse(L"the updater that would finish it is missing");
    const int result =
        run(root + engine_below_root, L"update.exe recover --root \"" + without_prefix(root) + L"\"", false);
    if (result != 0) return refuse(L"finishing it failed (exit code " + std::to_wstring(result) + L")");
    // Recovery has put the application where this file stood; without that, this would start itself for ever.
    Identity application;
    if (!identity_of(self, application))
        return refuse(L"this version no longer has the program " + without_prefix(self));
    if (application == gate) return refuse(L"the application was not put back");
    const int code = run(self, GetCommandLineW(), true);
    return code == -1 ? refuse(L"it could not be started") : code;
}
