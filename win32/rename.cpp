#include "win32/files.h"
#include "win32/held_files.h"
#include "win32/leftovers.h"

namespace lockstep {
namespace {

// ERROR_ACCESS_DENIED is what a rename says while an antivirus program looks into the file.
bool try_to_move(const std::wstring& from, const std::wstring& to, DWORD flags) {
    return with_retries(
        [&] { return ::MoveFileExW(from.c_str(), to.c_str(), flags | MOVEFILE_WRITE_THROUGH) != 0; },
        ERROR_ACCESS_DENIED);
}

void move(const std::string& from, const std::string& to, DWORD flags, const std::string& doing) {
    const HeldPlace from_place(from, doing);
    const HeldPlace to_place(to, doing);
    const std::wstring source = system_path(from);
    const std::wstring target = system_path(to);
    if (HANDLE const held = held_at(source)) return rename_held(held, from, to);
    if (!try_to_move(source, target, flags)) {
        const DWORD number = ::GetLastError();
        // It is running: it can make room, not be replaced. The engine replaces itself so.
        const bool made_room = number == ERROR_ACCESS_DENIED && flags == MOVEFILE_REPLACE_EXISTING &&
                               set_aside_running_program(to);
        if (!made_room || !try_to_move(source, target, 0)) throw opening_error(number, doing, to);
    }
    follow_unsynced(from, to);
}

} // namespace

void rename_without_replacing(const std::string& from, const std::string& to) {
    move(from, to, 0, "rename " + from + " to");
}

void rename_replacing(const std::string& from, const std::string& to) {
    move(from, to, MOVEFILE_REPLACE_EXISTING, "rename " + from + " over");
}

} // namespace lockstep
