#include "packaging/html_page.h"

namespace lockstep {
namespace {

constexpr std::string_view style =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 "
    "1em;color:#222;background:#fff}"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin:1.5em 0 .3em}ul{margin:.3em 0}code{overflow-wrap:anywhere}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right}.appeared{color:#075e2a}.disappeared{color:#a11}.changed{color:#73500a}";

} // namespace

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\'':
            safe += "&#39;";
            break;
        case '\0':
            safe += "\xEF\xBF\xBD";
            break; // the replacement character
        default:
            safe += c;
        }
    }
    return safe;
}

std::string html_list(const std::vector<std::string>& sentences) {
    if (sentences.empty()) return "";
    std::string list = "<ul>\n";
    for (const std::string& one : sentences) list += "<li><code>" + escaped(one) + "</code></li>\n";
    return list + "</ul>\n";
}

std::string html_page(const std::string& title, const std::string& body) {
    const std::string shown = escaped(title);
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
           "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
           shown + "</title><style>" + std::string(style) + "</style></head><body>\n<h1>" + shown +
           "</h1>\n" + body + "</body></html>\n";
}

} // namespace lockstep
