// A comparison as one HTML page without anything from elsewhere: no script, no link, every text escaped.
#include "packaging/schema_report.h"

#include <string_view>

namespace lockstep {
namespace {

constexpr std::string_view style =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 "
    "1em;color:#222;background:#fff}"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin:1.5em 0 .3em}ul{margin:.3em 0}code{overflow-wrap:anywhere}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}"
    ".appeared{color:#075e2a}.disappeared{color:#a11}.changed{color:#73500a}";

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

std::string items(const std::vector<std::string>& sentences) {
    if (sentences.empty()) return "";
    std::string list = "<ul>\n";
    for (const std::string& one : sentences) list += "<li><code>" + escaped(one) + "</code></li>\n";
    return list + "</ul>\n";
}

std::string inferences_part(const SchemaComparison& comparison) {
    if (comparison.inferences.empty()) return "";
    std::string part =
        "<h2>What was probably meant</h2>\n<table>\n<tr><th>Confidence</th><th>What</th><th>Why</th></tr>\n";
    for (const Inference& one : comparison.inferences)
        part += "<tr><td>" + std::to_string(one.confidence) + "%</td><td>" + escaped(kind_sentence(one)) +
                "</td><td>" + escaped(one.reason) + "</td></tr>\n";
    return part + "</table>\n";
}

std::string fate_class(TableFate fate) {
    if (fate == TableFate::appeared) return "appeared";
    return fate == TableFate::disappeared ? "disappeared" : "changed";
}

} // namespace

std::string comparison_html(const SchemaComparison& comparison, const std::string& older,
                            const std::string& newer) {
    const std::string title = escaped("What changed from " + older + " to " + newer);
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
        title + "</title><style>" + std::string(style) + "</style></head><body>\n<h1>" + title +
        "</h1>\n<p>" +
        escaped(comparison.same() ? "The two schemas are the same." : comparison_summary(comparison)) +
        "</p>\n" + inferences_part(comparison);
    const std::vector<CommonChange> common = common_changes(comparison);
    for (const CommonChange& one : common) {
        std::string tables;
        for (const std::string& name : one.tables) tables += (tables.empty() ? "" : ", ") + name;
        page += "<h2 class=\"changed\">In " + std::to_string(one.tables.size()) + " tables</h2>\n" +
                items({one.sentence}) + "<details><summary>which</summary><p>" + escaped(tables) +
                "</p></details>\n";
    }
    for (const TableDifference& table : comparison.tables)
        page += "<h2 class=\"" + fate_class(table.fate) + "\">" + escaped(table_sentence(table)) + "</h2>\n" +
                items(own_changes(table, common));
    std::vector<std::string> others;
    for (const SchemaChange& change : comparison.others) others.push_back(change_sentence(change));
    if (!others.empty()) page += "<h2>Other differences</h2>\n" + items(others);
    return page + "</body></html>\n";
}

} // namespace lockstep
