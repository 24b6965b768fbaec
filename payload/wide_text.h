// UTF-8 as wide characters, so that one character of a regular expression is one character of the text.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

// A byte that is no UTF-8 becomes U+FFFD. Where wchar_t has 16 bits, characters past U+FFFF become two.
std::wstring wide_text(std::string_view utf8);

} // namespace lockstep
