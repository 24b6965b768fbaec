#include "payload/language.h"
#include "updater/process.h"
#include "win32/files.h"
#include "win32/holders.h"

namespace lockstep {

bool with_retries(const std::function<bool()>& call, DWORD also) {
    constexpr DWORD first_wait_ms = 10; // then twice as long each time: 2.55 s in all
    constexpr int tries = 9;
    DWORD wait_ms = first_wait_ms;
    for (int i = 1;; ++i, wait_ms *= 2) {
        if (call()) return true;
        const DWORD number = ::GetLastError();
        if (i == tries || (!says_in_use(number) && number != also)) return false;
        ::Sleep(wait_ms);
        ::SetLastError(number);
    }
}

Handle try_to_open(const std::string& path, DWORD access, DWORD share, DWORD how, DWORD flags) {
    const std::wstring name = system_path(path);
    Handle opened;
    with_retries([&] {
        opened = Handle(::CreateFileW(name.c_str(), access, share, nullptr, how,
                                      flags | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
        return static_cast<bool>(opened);
    });
    return opened;
}

bool is_link(HANDLE file) {
    FILE_ATTRIBUTE_TAG_INFO found{};
    if (::GetFileInformationByHandleEx(file, FileAttributeTagInfo, &found, sizeof found) == 0) return false;
    return (found.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
           (found.ReparseTag == IO_REPARSE_TAG_SYMLINK || found.ReparseTag == IO_REPARSE_TAG_MOUNT_POINT);
}

// Windows has no permission bits: those that a file made on Linux would have, but for the attribute
// "read-only".
FileStatus status_of(HANDLE file, const std::string& path) {
    BY_HANDLE_FILE_INFORMATION found{};
    if (::GetFileInformationByHandle(file, &found) == 0) throw last_error("look at", path);
    const auto whole = [](DWORD high, DWORD low) { return (static_cast<std::uint64_t>(high) << 32) | low; };
    FileStatus status;
    const bool folder = (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    status.kind = folder ? FileKind::folder : FileKind::file;
    if (is_link(file)) status.kind = FileKind::link;
    if ((found.dwFileAttributes & FILE_ATTRIBUTE_DEVICE) != 0) status.kind = FileKind::other;
    status.volume = found.dwVolumeSerialNumber;
    status.id = whole(found.nFileIndexHigh, found.nFileIndexLow);
    status.size = folder ? 0 : whole(found.nFileSizeHigh, found.nFileSizeLow);
    const bool read_only = (found.dwFileAttributes & FILE_ATTRIBUTE_READONLY) != 0;
    status.mode = folder ? 0755 : (read_only ? 0444 : 0644);
    status.names = found.nNumberOfLinks;
    status.modified = whole(found.ftLastWriteTime.dwHighDateTime, found.ftLastWriteTime.dwLowDateTime);
    return status;
}

Error opening_error(DWORD number, const std::string& doing, const std::string& path) {
    if (!says_in_use(number)) return system_error(number, doing, path);
    return {Code::busy, doing, path, say(Message::who_uses_it, {names_of(holders_of_path(path))})};
}

} // namespace lockstep
