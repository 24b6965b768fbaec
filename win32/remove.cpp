// Removing. A file that somebody has open (sharing its removal) keeps its name until it is closed, unless it
// is removed as POSIX does it, which NTFS can since Windows 10 1709. A program that is running can't be
// removed at all, only renamed.
#include "win32/files.h"
#include "win32/leftovers.h"

#include <algorithm>

namespace lockstep {
namespace {

// Not in mingw-w64 10: winnt.h of the Windows SDK.
constexpr auto disposition_ex = static_cast<FILE_INFO_BY_HANDLE_CLASS>(21); // FileDispositionInfoEx
struct DispositionEx {
    DWORD flags;
};
constexpr DWORD disposition_delete = 1;
constexpr DWORD disposition_posix_semantics = 2;
constexpr DWORD disposition_ignore_read_only = 16; // since Windows 10 1809

bool remove_opened(HANDLE file) {
    DispositionEx as_posix{disposition_delete | disposition_posix_semantics | disposition_ignore_read_only};
    if (::SetFileInformationByHandle(file, disposition_ex, &as_posix, sizeof as_posix) != 0) return true;
    FILE_DISPOSITION_INFO at_close{TRUE};
    return ::SetFileInformationByHandle(file, FileDispositionInfo, &at_close, sizeof at_close) != 0;
}

void clear_read_only(HANDLE file) {
    FILE_BASIC_INFO info{};
    if (::GetFileInformationByHandleEx(file, FileBasicInfo, &info, sizeof info) == 0) return;
    if ((info.FileAttributes & FILE_ATTRIBUTE_READONLY) == 0) return;
    info.FileAttributes &= ~static_cast<DWORD>(FILE_ATTRIBUTE_READONLY);
    if (info.FileAttributes == 0) info.FileAttributes = FILE_ATTRIBUTE_NORMAL; // 0 would mean: as it is
    ::SetFileInformationByHandle(file, FileBasicInfo, &info, sizeof info); // the removal says it if it failed
}

// 0, or GetLastError().
DWORD try_to_remove(const std::string& path) {
    const DWORD access = DELETE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES;
    const Handle file = try_to_open(path, access);
    if (!file) return ::GetLastError();
    clear_read_only(file.get());
    return with_retries([&] { return remove_opened(file.get()); }) ? 0 : ::GetLastError();
}

void remove_entry(const std::string& path, const std::string& doing) {
    if (!system_files().status(path)) return;
    const HeldPlace place(path, doing);
    const DWORD number = try_to_remove(path);
    forget_unsynced(path);
    if (number == 0 || says_absent(number)) return;
    if (number == ERROR_ACCESS_DENIED && set_aside_running_program(path)) return;
    throw opening_error(number, doing, path);
}

} // namespace

std::vector<std::string> sorted_names(const std::string& folder) {
    const std::string doing = "list the folder";
    WIN32_FIND_DATAW entry{};
    std::vector<std::string> names;
    const std::wstring path = system_path(folder);
    const std::wstring everything = path + (path.ends_with(L'\\') ? L"*" : L"\\*");
    HANDLE const search = ::FindFirstFileW(everything.c_str(), &entry);
    if (search == INVALID_HANDLE_VALUE) throw last_error(doing, folder);
    const std::unique_ptr<void, decltype(&::FindClose)> closing(search, &::FindClose);
    do {
        const std::string name = narrow(entry.cFileName);
        if (name != "." && name != "..") names.push_back(name);
    } while (::FindNextFileW(search, &entry) != 0);
    if (::GetLastError() != ERROR_NO_MORE_FILES) throw last_error(doing, folder);
    std::ranges::sort(names);
    return names;
}

void remove_one_file(const std::string& path) {
    const auto status = system_files().status(path);
    if (status && status->kind == FileKind::folder) throw system_error(ERROR_ACCESS_DENIED, "remove", path);
    remove_entry(path, "remove");
}

void remove_empty_folder(const std::string& path) {
    if (system_files().status(path) && !sorted_names(path).empty())
        throw system_error(ERROR_DIR_NOT_EMPTY, "remove the folder", path);
    remove_entry(path, "remove the folder");
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which path lengths bound
void remove_whole_tree(const std::string& path) {
    const auto status = system_files().status(path);
    if (!status) return;
    if (status->kind == FileKind::folder) {
        const HeldPlace place(path, "remove the folder");
        for (const std::string& name : sorted_names(path)) remove_whole_tree(joined(path, name));
    }
    remove_entry(path, status->kind == FileKind::folder ? "remove the folder" : "remove");
}

} // namespace lockstep
