// One HTML page without anything from elsewhere: no script, no link, every text escaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

std::string escaped(std::string_view text);
// A list of sentences; nothing where there are none.
std::string html_list(const std::vector<std::string>& sentences);
// The whole page. `title` is escaped here, `body` is HTML. Numbers in a cell of class n stand at the right.
std::string html_page(const std::string& title, const std::string& body);

} // namespace lockstep
