#include "win32/held_files.h"

#include "win32/text.h"

#include <cstddef>
#include <cstring>
#include <map>
#include <vector>

namespace lockstep {
namespace {

std::map<HANDLE, std::wstring>& held_files() {
    static std::map<HANDLE, std::wstring> files;
    return files;
}

bool same_path(const std::wstring& one, const std::wstring& other) {
    return ::CompareStringOrdinal(one.c_str(), -1, other.c_str(), -1, TRUE) == CSTR_EQUAL;
}

} // namespace

void note_held(const std::string& path, HANDLE file) {
    held_files()[file] = system_path(path);
}

void forget_held(HANDLE file) {
    held_files().erase(file);
}

HANDLE held_at(const std::wstring& path) {
    for (const auto& [file, held] : held_files())
        if (same_path(held, path)) return file;
    return nullptr;
}

void rename_held(HANDLE file, const std::string& from, const std::string& to) {
    const std::wstring name = system_path(to);
    const std::size_t bytes = name.size() * sizeof(wchar_t);
    std::vector<std::byte> room(sizeof(FILE_RENAME_INFO) + bytes);
    auto* const wish = reinterpret_cast<FILE_RENAME_INFO*>(room.data());
    wish->ReplaceIfExists = FALSE;
    wish->RootDirectory = nullptr;
    wish->FileNameLength = static_cast<DWORD>(bytes);
    std::memcpy(wish->FileName, name.data(), bytes);
    if (::SetFileInformationByHandle(file, FileRenameInfo, wish, static_cast<DWORD>(room.size())) == 0)
        throw last_error("rename " + from + " to", to);
    held_files()[file] = name;
}

} // namespace lockstep
