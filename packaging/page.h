// HTML pages that open offline: no script, no link, nothing from elsewhere.
#pragma once

#include <string>
#include <string_view>

namespace lockstep {

// Any text as HTML.
std::string escaped(std::string_view text);

// `title` is plain text, `body` HTML. Classes appeared, disappeared and changed have colours; numbers in a
// cell of class n stand at the right.
std::string whole_page(const std::string& title, const std::string& body);

} // namespace lockstep
