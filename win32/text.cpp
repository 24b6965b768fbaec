#include "win32/text.h"

#include "win32/system_error.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr std::wstring_view verbatim = L"\\\\?\\";
constexpr std::wstring_view verbatim_share = L"\\\\?\\UNC\\";
constexpr std::wstring_view device = L"\\\\.\\";

// But for that of C:\, which would mean another folder without it.
std::wstring without_last_separator(std::wstring path) {
    constexpr std::size_t top = 3; // C:\ has as many characters
    if (path.size() > top && path.back() == L'\\') path.pop_back();
    return path;
}

std::wstring full_path(const std::wstring& path) {
    std::wstring full(MAX_PATH, L'\0');
    while (true) {
        const DWORD size =
            ::GetFullPathNameW(path.c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr);
        if (size == 0) throw last_error("find", narrow(path));
        const bool fits = size < full.size();
        full.resize(size);
        if (fits) return without_last_separator(full);
    }
}

} // namespace

std::wstring wide(std::string_view utf8) {
    if (utf8.empty()) return {};
    const int size = static_cast<int>(utf8.size());
    const int needed = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, nullptr, 0);
    if (needed == 0) throw Error(Code::wrong_usage, "read", std::string(utf8), "it is not UTF-8");
    std::wstring text(static_cast<std::size_t>(needed), L'\0');
    ::MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, text.data(), needed);
    return text;
}

std::string narrow(std::wstring_view text) {
    if (text.empty()) return {};
    const int size = static_cast<int>(text.size());
    const int needed = ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, nullptr, 0, nullptr, nullptr);
    std::string utf8(static_cast<std::size_t>(needed), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text.data(), size, utf8.data(), needed, nullptr, nullptr);
    return utf8;
}

std::wstring system_path(const std::wstring& path) {
    if (path.starts_with(verbatim) || path.starts_with(device)) return path;
    std::wstring full = full_path(path);
    if (full.starts_with(device)) return full; // NUL and the like
    if (full.starts_with(L"\\\\")) return std::wstring(verbatim_share) + full.substr(2);
    return std::wstring(verbatim) + full;
}

std::wstring system_path(const std::string& path) {
    return system_path(wide(path));
}

std::wstring with_backslashes(const std::string& path) {
    std::wstring text = wide(path);
    std::ranges::replace(text, L'/', L'\\');
    return text;
}

std::string plain_path(std::wstring_view path) {
    std::wstring plain(path);
    if (plain.starts_with(verbatim_share))
        plain.replace(0, verbatim_share.size(), L"\\\\");
    else if (plain.starts_with(verbatim))
        plain.erase(0, verbatim.size());
    std::ranges::replace(plain, L'\\', L'/');
    return narrow(plain);
}

} // namespace lockstep
