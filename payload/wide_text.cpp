#include "payload/wide_text.h"

#include <cstdint>

namespace lockstep {
namespace {

constexpr char32_t replacement = 0xFFFD;

// How many bytes the character has that begins with this one; 0 where none can.
std::size_t length_of(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    if (first >= 0xF0 && first < 0xF5) return 4;
    return 0;
}

// The character at the front, which is taken off.
char32_t take_character(std::string_view& utf8) {
    const auto first = static_cast<unsigned char>(utf8.front());
    const std::size_t length = length_of(first);
    char32_t character = length == 1 ? first : first & (0x7Fu >> length);
    bool whole = length > 0 && length <= utf8.size();
    for (std::size_t i = 1; whole && i < length; ++i) {
        const auto next = static_cast<unsigned char>(utf8[i]);
        whole = (next & 0xC0) == 0x80;
        character = (character << 6) | (next & 0x3Fu);
    }
    utf8.remove_prefix(whole ? length : 1);
    return whole ? character : replacement;
}

void append(std::wstring& wide, char32_t character) {
    if (sizeof(wchar_t) == 2 && character > 0xFFFF) {
        const char32_t rest = character - 0x10000;
        wide += static_cast<wchar_t>(0xD800 + (rest >> 10));
        wide += static_cast<wchar_t>(0xDC00 + (rest & 0x3FF));
    } else {
        wide += static_cast<wchar_t>(character);
    }
}

} // namespace

std::wstring wide_text(std::string_view utf8) {
    std::wstring wide;
    wide.reserve(utf8.size());
    while (!utf8.empty()) append(wide, take_character(utf8));
    return wide;
}

} // namespace lockstep
