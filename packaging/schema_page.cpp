// A comparison as one HTML page without anything from elsewhere: no script, no link, every text escaped.
#include "packaging/page.h"
#include "packaging/schema_report.h"

namespace lockstep {
namespace {

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
    std::string page =
        "<p>" +
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
    return whole_page("What changed from " + older + " to " + newer, page);
}

} // namespace lockstep
