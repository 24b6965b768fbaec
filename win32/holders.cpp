#include "win32/holders.h"

#include "payload/language.h"
#include "win32/files.h"
#include "win32/system_library.h"

#include <algorithm>
#include <array>
#include <restartmanager.h>
#include <tlhelp32.h>

namespace lockstep {
namespace {

std::string image_of(DWORD process) {
    const Handle opened(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process));
    std::array<wchar_t, 32768> path{}; // as long as a path can be
    auto size = static_cast<DWORD>(path.size());
    if (!opened || ::QueryFullProcessImageNameW(opened.get(), 0, path.data(), &size) == 0) return {};
    return plain_path({path.data(), size});
}

Holder named(DWORD process, const std::string& name) {
    return {static_cast<int>(process), name + " (" + std::to_string(process) + ")"};
}

bool is_one_of(const std::vector<FileStatus>& files, const FileStatus& image) {
    return std::ranges::any_of(
        files, [&](const FileStatus& file) { return file.volume == image.volume && file.id == image.id; });
}

// A program that ends meanwhile, or another user's, can't be looked at.
bool runs(DWORD process, const std::vector<FileStatus>& files) {
    const std::string path = image_of(process);
    if (path.empty()) return false;
    const Handle image = try_to_open(path, FILE_READ_ATTRIBUTES);
    return image && is_one_of(files, status_of(image.get(), path));
}

// https://learn.microsoft.com/windows/win32/rstmgr
class RestartManager {
  public:
    std::vector<Holder> holders_of(const std::wstring& path) {
        const auto start = library_.function<decltype(::RmStartSession)>("RmStartSession");
        const auto watch = library_.function<decltype(::RmRegisterResources)>("RmRegisterResources");
        const auto end = library_.function<decltype(::RmEndSession)>("RmEndSession");
        if (!start || !watch || !end) return {};
        DWORD session = 0;
        std::array<wchar_t, CCH_RM_SESSION_KEY + 1> key{};
        if (start(&session, 0, key.data()) != ERROR_SUCCESS) return {};
        LPCWSTR name = path.c_str();
        std::vector<Holder> found;
        if (watch(session, 1, &name, 0, nullptr, 0, nullptr) == ERROR_SUCCESS) found = listed(session);
        end(session);
        return found;
    }

  private:
    std::vector<Holder> listed(DWORD session) {
        const auto list = library_.function<decltype(::RmGetList)>("RmGetList");
        std::array<RM_PROCESS_INFO, 16> processes{}; // more needn't be named
        auto count = static_cast<UINT>(processes.size());
        UINT needed = 0;
        DWORD reasons = 0;
        if (!list || list(session, &needed, &count, processes.data(), &reasons) != ERROR_SUCCESS) return {};
        std::vector<Holder> found;
        for (UINT i = 0; i < count; ++i)
            if (processes[i].Process.dwProcessId != ::GetCurrentProcessId())
                found.push_back(named(processes[i].Process.dwProcessId, narrow(processes[i].strAppName)));
        return found;
    }

    SystemLibrary library_{L"rstrtmgr.dll"};
};

} // namespace

std::vector<Holder> holders_of_path(const std::string& path) {
    std::wstring name = system_path(path);
    constexpr std::wstring_view prefix = L"\\\\?\\"; // which the Restart Manager doesn't know
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    return RestartManager().holders_of(name);
}

// Who has a database open is found when it is opened to be held alone.
std::vector<Holder> holders_of(const std::vector<FileStatus>& files) {
    return runners_of(files);
}

std::vector<Holder> runners_of(const std::vector<FileStatus>& files) {
    std::vector<Holder> holders;
    if (files.empty()) return holders;
    const Handle all(::CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0));
    PROCESSENTRY32W process{};
    process.dwSize = sizeof process;
    if (!all) throw last_error("list", "the processes");
    for (BOOL more = ::Process32FirstW(all.get(), &process); more != 0;
         more = ::Process32NextW(all.get(), &process))
        if (process.th32ProcessID != ::GetCurrentProcessId() && runs(process.th32ProcessID, files))
            holders.push_back(named(process.th32ProcessID, narrow(process.szExeFile)));
    return holders;
}

std::string names_of(const std::vector<Holder>& holders) {
    std::string names;
    for (const Holder& holder : holders) names += (names.empty() ? "" : ", ") + holder.name;
    return names.empty() ? say(Message::another_program) : names;
}

} // namespace lockstep
