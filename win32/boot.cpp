// The next start of the computer, by a RunOnce value: it runs when somebody logs on, once.
// https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys
#include "updater/process.h"
#include "updater/scheduler.h"
#include "win32/command_words.h"
#include "win32/system_error.h"
#include "win32/text.h"

#include <memory>
#include <type_traits>

namespace lockstep {
namespace {

constexpr std::size_t longest_command = 260; // characters that RunOnce takes
constexpr const wchar_t* key_name = L"Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce";

struct KeyCloser {
    void operator()(HKEY key) const { ::RegCloseKey(key); }
};
using Key = std::unique_ptr<std::remove_pointer_t<HKEY>, KeyCloser>;

// An elevated process's recovery needs its rights again: those of whoever may log on as an administrator.
Key run_once() {
    HKEY key = nullptr;
    const LSTATUS failure = ::RegCreateKeyExW(is_privileged() ? HKEY_LOCAL_MACHINE : HKEY_CURRENT_USER,
                                              key_name, 0, nullptr, 0, KEY_SET_VALUE, nullptr, &key, nullptr);
    if (failure != ERROR_SUCCESS) throw system_error(static_cast<DWORD>(failure), "open", narrow(key_name));
    return Key(key);
}

// The exclamation mark keeps the value until its program has run.
std::wstring value_name(const std::string& name) {
    return L"!" + wide(name);
}

} // namespace

void register_at_boot(FileSystem& /*files*/, const BootRun& run) {
    std::vector<std::string> words = run.argv;
    words.front() = narrow(with_backslashes(words.front()));
    const std::wstring command = command_line_of(words);
    if (command.size() > longest_command)
        throw Error(Code::internal_error, "register for the next start of this computer", narrow(command),
                    "it is longer than 260 characters");
    const Key key = run_once();
    const auto bytes = static_cast<DWORD>((command.size() + 1) * sizeof(wchar_t));
    LSTATUS failure = ::RegSetValueExW(key.get(), value_name(run.name).c_str(), 0, REG_SZ,
                                       reinterpret_cast<const BYTE*>(command.c_str()), bytes);
    if (failure == ERROR_SUCCESS) failure = ::RegFlushKey(key.get());
    if (failure != ERROR_SUCCESS)
        throw system_error(static_cast<DWORD>(failure), "register for the next start of this computer",
                           run.name);
}

void unregister_at_boot(FileSystem& /*files*/, const std::string& name) {
    const LSTATUS failure = ::RegDeleteValueW(run_once().get(), value_name(name).c_str());
    if (failure != ERROR_SUCCESS && failure != ERROR_FILE_NOT_FOUND)
        throw system_error(static_cast<DWORD>(failure), "remove what runs at the next start of this computer",
                           name);
}

} // namespace lockstep
