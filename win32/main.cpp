#include "updater/command_line.h"
#include "updater/executable_mark.h"
#include "win32/command_words.h"
#include "win32/console.h"
#include "win32/system_error.h"
#include "win32/window.h"

#include <iostream>

namespace {

// What Windows loads on this program's behalf is looked for in System32 only. Before Windows 8 an update of
// Windows brings the call.
void load_from_system_only() {
    using SetDirectories = BOOL WINAPI(DWORD);
    constexpr DWORD system32 = 0x800; // LOAD_LIBRARY_SEARCH_SYSTEM32
    HMODULE const kernel = ::GetModuleHandleW(L"kernel32.dll");
    if (FARPROC const found = ::GetProcAddress(kernel, "SetDefaultDllDirectories"))
        reinterpret_cast<SetDirectories*>(reinterpret_cast<void*>(found))(system32);
}

} // namespace

int main() {
    lockstep::keep_executable_mark();
    load_from_system_only();
    const bool printed = lockstep::print_where_it_was_started();
    try {
        const bool double_clicked = !printed && lockstep::has_a_desktop();
        std::vector<std::string> words = lockstep::own_words();
        std::vector<char*> argv;
        argv.reserve(words.size() + 1);
        for (std::string& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        return lockstep::run_command_line(static_cast<int>(words.size()), argv.data(),
                                          double_clicked ? lockstep::run_in_window : lockstep::InWindow());
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return static_cast<int>(lockstep::Code::internal_error);
    }
}
