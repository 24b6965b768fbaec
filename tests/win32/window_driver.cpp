// Another program's window, driven as a person's keys and clicks drive it, and read as a screen reader reads
// it: by messages. On a desktop of its own, whose windows show on the display that the environment names.
//
//   window_driver start PROGRAM WORDS…         as a double-click starts it; prints the process's number
//   window_driver run PROGRAM WORDS…           the same, to its end and with its exit code; fails where it
//   opens
//                                              the update window
//   window_driver wait PROCESS CONTROL TEXT    until the control holds the text; prints what is shown
//   window_driver press PROCESS CONTROL
//   window_driver key PROCESS KEY              a virtual key, by its number
//   window_driver query PROCESS                prints what the window answers to WM_QUERYENDSESSION
//   window_driver title PROCESS TEXT           until the process has a window whose title holds the text
//   window_driver end PROCESS CONTROL          presses, and ends with the process's exit code
#include "tests/win32/own_desktop.h"
#include "win32/command_words.h"
#include "win32/text.h"

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace lockstep {
namespace {

constexpr const wchar_t* class_name = L"LockstepUpdate";
constexpr int patience_ms = 120'000;
constexpr int step_ms = 50;

struct Search {
    DWORD process = 0; // 0: any
    std::wstring class_name;
    std::wstring title;
    HWND found = nullptr;
};

std::wstring text_of(HWND window) {
    std::wstring text(static_cast<std::size_t>(::SendMessageW(window, WM_GETTEXTLENGTH, 0, 0)) + 1, L'\0');
    text.resize(static_cast<std::size_t>(
        ::SendMessageW(window, WM_GETTEXT, text.size(), reinterpret_cast<LPARAM>(text.data()))));
    return text;
}

BOOL CALLBACK look_at(HWND window, LPARAM parameter) {
    auto& search = *reinterpret_cast<Search*>(parameter);
    DWORD process = 0;
    ::GetWindowThreadProcessId(window, &process);
    std::wstring name(256, L'\0');
    name.resize(
        static_cast<std::size_t>(::GetClassNameW(window, name.data(), static_cast<int>(name.size()))));
    const bool fits = (search.process == 0 || process == search.process) &&
                      (search.class_name.empty() || name == search.class_name) &&
                      ::IsWindowVisible(window) != 0 &&
                      text_of(window).find(search.title) != std::wstring::npos;
    if (fits) search.found = window;
    return fits ? FALSE : TRUE;
}

HWND find(Search search) {
    ::EnumWindows(&look_at, reinterpret_cast<LPARAM>(&search));
    return search.found;
}

template <typename Condition> void wait_until(const std::string& what, const Condition& condition) {
    for (int waited = 0; !condition(); waited += step_ms) {
        if (waited >= patience_ms) throw Error(Code::internal_error, "see", what, "it didn't come");
        ::Sleep(step_ms);
    }
}

HWND window_of(DWORD process) {
    HWND window = nullptr;
    wait_until("the window", [&] {
        window = find({process, class_name, {}});
        return window != nullptr;
    });
    return window;
}

// "103 enabled Updating a copy of your data"
BOOL CALLBACK print_shown(HWND control, LPARAM) {
    if (::IsWindowVisible(control) == 0) return TRUE;
    std::string text = narrow(text_of(control));
    std::erase(text, '\r');
    std::cout << ::GetDlgCtrlID(control) << (::IsWindowEnabled(control) != 0 ? " enabled " : " disabled ")
              << text << '\n';
    return TRUE;
}

Handle started(const std::vector<std::string>& words, DWORD& number) {
    std::wstring desktop = own_desktop();
    STARTUPINFOW startup{};
    startup.cb = sizeof startup;
    startup.lpDesktop = desktop.data();
    PROCESS_INFORMATION made{};
    std::wstring line = command_line_of(words);
    if (::CreateProcessW(wide(words[0]).c_str(), line.data(), nullptr, nullptr, FALSE, DETACHED_PROCESS,
                         nullptr, nullptr, &startup, &made) == 0)
        throw last_error("start", words[0]);
    const Handle thread(made.hThread);
    number = made.dwProcessId;
    return Handle(made.hProcess);
}

int start(const std::vector<std::string>& words) {
    DWORD number = 0;
    const Handle process = started(words, number);
    std::cout << number << '\n';
    return 0;
}

int run(const std::vector<std::string>& words) {
    DWORD number = 0;
    const Handle process = started(words, number);
    wait_until("its end", [&] {
        if (find({number, class_name, {}}))
            throw Error(Code::internal_error, "run", words[0], "it opened a window");
        return ::WaitForSingleObject(process.get(), 0) == WAIT_OBJECT_0;
    });
    DWORD code = 0;
    ::GetExitCodeProcess(process.get(), &code);
    return static_cast<int>(code);
}

int wait_for_text(DWORD process, int control, const std::wstring& text) {
    HWND const window = window_of(process);
    const auto shows = [&] {
        HWND const found = ::GetDlgItem(window, control);
        return ::IsWindowVisible(found) != 0 && text_of(found).find(text) != std::wstring::npos;
    };
    try {
        wait_until(narrow(text), shows);
    } catch (const Error&) {
        ::EnumChildWindows(window, &print_shown, 0);
        throw;
    }
    std::cout << narrow(text_of(window)) << '\n';
    ::EnumChildWindows(window, &print_shown, 0);
    return 0;
}

void press(DWORD process, int control) {
    ::SendMessageW(::GetDlgItem(window_of(process), control), BM_CLICK, 0, 0);
}

// To the control that has the keyboard, as from the keyboard.
void press_key(DWORD process, WPARAM key) {
    HWND const window = window_of(process);
    GUITHREADINFO thread{};
    thread.cbSize = sizeof thread;
    ::GetGUIThreadInfo(::GetWindowThreadProcessId(window, nullptr), &thread);
    ::PostMessageW(thread.hwndFocus ? thread.hwndFocus : window, WM_KEYDOWN, key, 0);
}

int end(DWORD process, int control) {
    const Handle opened(::OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process));
    if (!opened) throw last_error("find", "the process");
    press(process, control);
    DWORD code = 0;
    if (::WaitForSingleObject(opened.get(), patience_ms) != WAIT_OBJECT_0 ||
        ::GetExitCodeProcess(opened.get(), &code) == 0)
        throw Error(Code::internal_error, "see", "the end of the process", "it didn't come");
    return static_cast<int>(code);
}

int perform(std::vector<std::string> words) {
    const std::string command = words.at(1);
    words.erase(words.begin(), words.begin() + 2);
    if (command == "start") return start(words);
    if (command == "run") return run(words);
    const auto process = static_cast<DWORD>(std::stoul(words.at(0)));
    if (command == "wait") return wait_for_text(process, std::stoi(words.at(1)), wide(words.at(2)));
    if (command == "end") return end(process, std::stoi(words.at(1)));
    if (command == "press") press(process, std::stoi(words.at(1)));
    if (command == "key") press_key(process, std::stoul(words.at(1)));
    if (command == "query") std::cout << ::SendMessageW(window_of(process), WM_QUERYENDSESSION, 0, 0) << '\n';
    if (command == "title")
        wait_until(words.at(1), [&] { return find({0, {}, wide(words.at(1))}) != nullptr; });
    return 0;
}

} // namespace
} // namespace lockstep

int main() {
    try {
        lockstep::enter_own_desktop();
        return lockstep::perform(lockstep::own_words());
    } catch (const std::exception& error) {
        std::cout << error.what() << '\n';
        return 1;
    }
}
