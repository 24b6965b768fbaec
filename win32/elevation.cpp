#include "win32/elevation.h"

#include "payload/language.h"
#include "updater/layout.h"
#include "updater/process.h"
#include "win32/command_words.h"
#include "win32/files.h"
#include "win32/security.h"

#include <objbase.h>
#include <shellapi.h>

namespace lockstep {
namespace {

// Asked of Windows, without making anything.
bool may_write(const std::string& folder) {
    const Handle opened = try_to_open(folder, FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY);
    return opened || ::GetLastError() != ERROR_ACCESS_DENIED;
}

// ShellExecuteEx may use COM.
class ComHere {
  public:
    ComHere() : result_(::CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED | COINIT_DISABLE_OLE1DDE)) {}
    ~ComHere() {
        if (SUCCEEDED(result_)) ::CoUninitialize();
    }
    ComHere(const ComHere&) = delete;
    ComHere& operator=(const ComHere&) = delete;

  private:
    HRESULT result_;
};

int exit_code_of(const Handle& process) {
    DWORD code = 0;
    if (::WaitForSingleObject(process.get(), INFINITE) != WAIT_OBJECT_0 ||
        ::GetExitCodeProcess(process.get(), &code) == 0)
        throw last_error("wait for", "the update with an administrator's rights");
    return static_cast<int>(code);
}

} // namespace

bool is_elevated_or_may_write(const std::string& root) {
    return is_administrator() || (may_write(root) && may_write(Layout(root).state()));
}

int run_elevated(HWND window) {
    const ComHere com;
    std::vector<std::string> words = own_words();
    words.erase(words.begin());
    const std::wstring line = command_line_of(words);
    const std::wstring program = with_backslashes(own_executable());
    const std::wstring folder = with_backslashes(working_folder()); // what the words may name a path from
    SHELLEXECUTEINFOW start{};
    start.cbSize = sizeof start;
    start.fMask = SEE_MASK_NOCLOSEPROCESS | SEE_MASK_NOASYNC;
    start.hwnd = window;
    start.lpVerb = L"runas";
    start.lpFile = program.c_str();
    start.lpParameters = line.c_str();
    start.lpDirectory = folder.c_str();
    start.nShow = SW_SHOWNORMAL;
    if (::ShellExecuteExW(&start) == 0) {
        const DWORD number = ::GetLastError();
        if (number != ERROR_CANCELLED)
            throw system_error(number, "start with an administrator's rights", narrow(program));
        throw Error(Code::cancelled, "start with an administrator's rights", narrow(program),
                    say(Message::nobody_allowed_it));
    }
    const Handle process(start.hProcess);
    return exit_code_of(process);
}

} // namespace lockstep
