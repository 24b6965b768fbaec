#include "win32/files.h"

namespace lockstep {
namespace {

constexpr DWORD most_at_once = 1u << 30; // bytes; one call takes a DWORD

DWORD piece_of(std::size_t size) {
    return static_cast<DWORD>(std::min<std::size_t>(size, most_at_once));
}

OVERLAPPED at_offset(std::uint64_t offset) {
    OVERLAPPED place{};
    place.Offset = static_cast<DWORD>(offset);
    place.OffsetHigh = static_cast<DWORD>(offset >> 32);
    return place;
}

} // namespace

void read_all(HANDLE file, const std::string& path, const std::string& doing, std::uint64_t offset,
              std::span<std::byte> out) {
    while (!out.empty()) {
        OVERLAPPED place = at_offset(offset);
        DWORD count = 0;
        if (::ReadFile(file, out.data(), piece_of(out.size()), &count, &place) == 0 &&
            ::GetLastError() != ERROR_HANDLE_EOF)
            throw last_error(doing, path);
        if (count == 0) throw Error(Code::internal_error, doing, path, "the file ends too early");
        offset += count;
        out = out.subspan(count);
    }
}

void write_all(HANDLE file, const std::string& path, const std::string& doing, std::uint64_t offset,
               Bytes bytes) {
    while (!bytes.empty()) {
        OVERLAPPED place = at_offset(offset);
        DWORD count = 0;
        if (::WriteFile(file, bytes.data(), piece_of(bytes.size()), &count, &place) == 0)
            throw last_error(doing, path);
        offset += count;
        bytes = bytes.subspan(count);
    }
}

} // namespace lockstep
