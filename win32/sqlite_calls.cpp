#include "win32/sqlite_calls.h"

#include "win32/text.h"

#include <map>
#include <mutex>
#include <sqlite3.h>

namespace lockstep {
namespace {

std::mutex& guard() {
    static std::mutex mutex;
    return mutex;
}
std::map<std::wstring, HANDLE>& waiting() {
    static std::map<std::wstring, HANDLE> files; // by system_path()
    return files;
}

HANDLE taken_for(const std::wstring& path) {
    const std::scoped_lock alone(guard());
    const auto found = waiting().find(path);
    if (found == waiting().end()) return nullptr;
    HANDLE const file = found->second;
    waiting().erase(found);
    return file;
}

// What SQLite asks for is without the prefix that lifts the limit of 260 characters. No exception may pass
// through SQLite.
template <typename Call> auto with_system_path(LPCWSTR path, Call call) noexcept {
    try {
        return call(system_path(std::wstring(path)));
    } catch (const std::exception&) {
        return call(std::wstring(path));
    }
}

HANDLE WINAPI create_file(LPCWSTR path, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD how,
                          DWORD flags, HANDLE model) {
    return with_system_path(path, [&](const std::wstring& name) {
        if (HANDLE const held = taken_for(name)) return held;
        return ::CreateFileW(name.c_str(), access, share, security, how, flags, model);
    });
}
BOOL WINAPI delete_file(LPCWSTR path) {
    return with_system_path(path, [](const std::wstring& name) { return ::DeleteFileW(name.c_str()); });
}
DWORD WINAPI attributes(LPCWSTR path) {
    return with_system_path(path,
                            [](const std::wstring& name) { return ::GetFileAttributesW(name.c_str()); });
}
BOOL WINAPI attributes_ex(LPCWSTR path, GET_FILEEX_INFO_LEVELS level, LPVOID out) {
    return with_system_path(
        path, [&](const std::wstring& name) { return ::GetFileAttributesExW(name.c_str(), level, out); });
}

template <typename Call> void replace_call(sqlite3_vfs* vfs, const char* name, Call call) {
    if (vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(call)) != SQLITE_OK)
        throw Error(Code::internal_error, "prepare", "SQLite", std::string("it doesn't call ") + name);
}

} // namespace

void let_sqlite_open_as_we_do() {
    sqlite3_vfs* const vfs = sqlite3_vfs_find("win32-longpath");
    if (!vfs || sqlite3_vfs_register(vfs, 1) != SQLITE_OK)
        throw Error(Code::internal_error, "prepare", "SQLite", "it has no win32-longpath");
    replace_call(vfs, "CreateFileW", &create_file);
    replace_call(vfs, "DeleteFileW", &delete_file);
    replace_call(vfs, "GetFileAttributesW", &attributes);
    replace_call(vfs, "GetFileAttributesExW", &attributes_ex);
}

void give_to_sqlite(const std::string& path, HANDLE file) {
    const std::scoped_lock alone(guard());
    waiting()[system_path(path)] = file;
}

bool take_back_from_sqlite(HANDLE file) {
    const std::scoped_lock alone(guard());
    return std::erase_if(waiting(), [&](const auto& each) { return each.second == file; }) != 0;
}

} // namespace lockstep
