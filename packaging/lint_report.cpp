#include "packaging/lint_report.h"

#include "packaging/html_page.h"
#include "payload/declaration_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

std::string listed(const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& one : all) text += (text.empty() ? "" : ", ") + one;
    return text;
}

std::string samples(const Risk& risk) {
    if (risk.keys.empty()) return "";
    const std::string values = risk.values.empty() ? "" : ": " + listed(risk.values);
    return (risk.keys.size() == 1 ? " (key " : " (keys ") + listed(risk.keys) + values + ")";
}

// What the migration makes of it.
std::string fate(const Risk& risk) {
    if (!risk.after) return "";
    if (*risk.after == 0) return "; none after the migration";
    return "; still " + counted(*risk.after, "row") + " after it";
}

std::string rows(const Risk& risk) {
    if (!risk.before && !risk.after) return "";
    if (!risk.before) return ": " + counted(*risk.after, "row") + " after the migration" + samples(risk);
    return ": " + counted(*risk.before, "row") + fate(risk) + samples(risk);
}

nlohmann::ordered_json count_json(const std::optional<std::int64_t>& count) {
    return count ? nlohmann::ordered_json(*count) : nlohmann::ordered_json();
}

// Calls `use` with each kind's first risk and the risks of that kind that are (or aren't) settled.
template <typename Use> void by_kind(const LintReport& report, bool settled, const Use& use) {
    std::vector<Risk> some;
    for (const Risk& risk : report.risks) {
        if (risk.settled() != settled) continue;
        if (!some.empty() && some.front().kind != risk.kind) {
            use(some);
            some.clear();
        }
        some.push_back(risk);
    }
    if (!some.empty()) use(some);
}

std::int64_t settled_count(const LintReport& report) {
    return std::ranges::count_if(report.risks, [](const Risk& risk) { return risk.settled(); });
}

} // namespace

std::string risk_sentence(const Risk& risk) {
    const std::string where = risk.message.find(risk.place) != std::string::npos ? "" : risk.place + ": ";
    return where + risk.message + rows(risk);
}

std::string lint_summary(const LintReport& report) {
    const std::int64_t settled = settled_count(report);
    const std::int64_t open = static_cast<std::int64_t>(report.risks.size()) - settled;
    return (open == 0 ? "No risks" : counted(open, "risk")) + " found in " + report.product + " " +
           report.from + " to " + report.to +
           (settled == 0 ? "" : "; " + with_commas(settled) + " more that the migration settles");
}

std::string lint_text(const LintReport& report) {
    std::string text = lint_summary(report) + ".\n";
    by_kind(report, false, [&](const std::vector<Risk>& some) {
        text += "\n" + risk_title(some.front().kind) + "\n";
        for (std::size_t i = 0; i < some.size(); ++i) {
            text += "  " + risk_sentence(some[i]) + "\n";
            const bool same = i + 1 < some.size() && some[i + 1].advice == some[i].advice;
            if (!same && !some[i].advice.empty()) text += "    " + some[i].advice + "\n";
        }
    });
    bool any = false;
    by_kind(report, true, [&](const std::vector<Risk>& some) {
        text += any ? "" : "\nThe migration settles, on this copy:\n";
        any = true;
        for (const Risk& risk : some) text += "  " + risk_sentence(risk) + "\n";
    });
    if (!report.notes.empty()) text += "\nNot looked at:\n";
    for (const std::string& note : report.notes) text += "  " + note + "\n";
    return text;
}

std::string lint_json(const LintReport& report) {
    nlohmann::ordered_json risks = nlohmann::ordered_json::array();
    for (const Risk& risk : report.risks)
        risks.push_back({{"kind", risk_name(risk.kind)},
                         {"database", risk.database},
                         {"place", risk.place},
                         {"message", risk.message},
                         {"advice", risk.advice},
                         {"before", count_json(risk.before)},
                         {"after", count_json(risk.after)},
                         {"keys", risk.keys},
                         {"values", risk.values},
                         {"settled", risk.settled()}});
    const nlohmann::ordered_json all{
        {"product", report.product}, {"from", report.from},         {"to", report.to},
        {"found", report.found()},   {"migrated", report.migrated}, {"risks", std::move(risks)},
        {"notes", report.notes}};
    return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string lint_html(const LintReport& report) {
    std::string body = "<p>" + escaped(lint_summary(report)) + ".</p>\n";
    const auto add = [&](const std::vector<Risk>& some) {
        std::vector<std::string> sentences;
        sentences.reserve(some.size());
        for (const Risk& risk : some) sentences.push_back(risk_sentence(risk));
        body += "<h2 class=\"" + std::string(some.front().settled() ? "appeared" : "disappeared") + "\">" +
                escaped(risk_title(some.front().kind)) + "</h2>\n" + html_list(sentences);
        if (!some.front().settled()) body += "<p>" + escaped(some.front().advice) + "</p>\n";
    };
    by_kind(report, false, add);
    if (settled_count(report) > 0) body += "<h2>What the migration settles, on this copy</h2>\n";
    by_kind(report, true, add);
    if (!report.notes.empty()) body += "<h2>Not looked at</h2>\n" + html_list(report.notes);
    return html_page("Risks of " + report.product + " " + report.from + " to " + report.to, body);
}

} // namespace lockstep
