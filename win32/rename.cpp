#include "win32/files.h"
#include "win32/held_files.h"

namespace lockstep {
namespace {

// ERROR_ACCESS_DENIED is what a rename says while an antivirus program looks into the file.
void move(const std::string& from, const std::string& to, DWORD flags, const std::string& doing) {
    const HeldPlace from_place(from, doing);
    const HeldPlace to_place(to, doing);
    const std::wstring source = system_path(from);
    if (HANDLE const held = held_at(source)) return rename_held(held, from, to);
    const std::wstring target = system_path(to);
    if (!with_retries(
            [&] {
                return ::MoveFileExW(source.c_str(), target.c_str(), flags | MOVEFILE_WRITE_THROUGH) != 0;
            },
            ERROR_ACCESS_DENIED))
        throw opening_error(::GetLastError(), doing, to);
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
