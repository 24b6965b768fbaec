#include "packaging/rehearsal_report.h"

#include "packaging/html_page.h"
#include "packaging/human_size.h"
#include "payload/declaration_text.h"
#include "payload/estimate.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace lockstep {
namespace {

// A table with a heading for each column; the first is text, the others numbers.
struct Figures {
    std::vector<std::string> heads;
    std::vector<std::vector<std::string>> rows;
};

std::string seconds_text(double seconds) {
    std::string text = std::to_string(std::round(seconds * 1000) / 1000);
    return text.substr(0, text.find('.') + 4) + " s";
}

std::string speed_text(std::int64_t rows, double seconds) {
    if (rows == 0 || seconds <= 0) return "";
    return with_commas(std::llround(static_cast<double>(rows) / seconds));
}

template <typename Number>
Number number_at(const std::map<std::string, Number>& numbers, const std::string& name) {
    const auto found = numbers.find(name);
    return found == numbers.end() ? Number() : found->second;
}

Figures databases_of(const RehearsalRun& run) {
    Figures figures{{"database", "before", "after", "growth"}, {}};
    std::set<std::string> names;
    for (const auto& [name, bytes] : run.bytes_before) names.insert(name);
    for (const auto& [name, bytes] : run.bytes_after) names.insert(name);
    for (const std::string& name : names) {
        const std::uint64_t before = number_at(run.bytes_before, name);
        const std::uint64_t after = number_at(run.bytes_after, name);
        const std::string growth =
            before == 0 || after == 0 ? "" : std::to_string((after * 100 + before / 2) / before) + " %";
        figures.rows.push_back({name, before == 0 ? "comes" : human_size(before),
                                after == 0 ? "goes" : human_size(after), growth});
    }
    return figures;
}

Figures steps_of(const RehearsalRun& run) {
    Figures figures{{"step", "time", "rows written", "rows a second"}, {}};
    for (const auto& [name, seconds] : run.script_seconds) {
        const std::int64_t rows = number_at(run.script_rows, name);
        figures.rows.push_back({name, seconds_text(seconds), with_commas(rows), speed_text(rows, seconds)});
    }
    return figures;
}

// Those that the scripts wrote to, the slowest first.
Figures tables_of(const RehearsalRun& run) {
    Figures figures{{"table", "time", "rows before", "rows a second"}, {}};
    std::vector<std::pair<std::string, double>> tables(run.table_seconds.begin(), run.table_seconds.end());
    std::ranges::stable_sort(tables, std::greater<>(), &std::pair<std::string, double>::second);
    for (const auto& [name, seconds] : tables) {
        const std::int64_t rows = number_at(run.rows, name);
        figures.rows.push_back({name, seconds_text(seconds), with_commas(rows), speed_text(rows, seconds)});
    }
    return figures;
}

// What `update check` will say on a laptop that has so many rows in the same proportions.
Figures estimates_of(const RehearsalRun& run) {
    Figures figures{{"rows", "databases", "the update takes"}, {}};
    const std::int64_t there = all_rows(run.rows);
    if (there == 0) return figures;
    for (const std::int64_t rows : {1'000, 10'000, 100'000, 1'000'000, 10'000'000}) {
        const double factor = static_cast<double>(rows) / static_cast<double>(there);
        DataAmount amount;
        amount.bytes = static_cast<std::uint64_t>(static_cast<double>(run.database_bytes) * factor);
        for (const auto& [table, count] : run.rows)
            amount.rows[table] = std::llround(static_cast<double>(count) * factor);
        if (const auto estimate = estimate_of(run, amount))
            figures.rows.push_back(
                {rough_rows(rows), human_size(amount.bytes), rough_duration(estimate->seconds)});
    }
    return figures;
}

std::vector<Figures> figures_of(const RehearsalRun& run) {
    return {databases_of(run), steps_of(run), tables_of(run), estimates_of(run)};
}

std::string heading_of(const RehearsalRun& run) {
    return "from " + run.from + (run.platform.empty() ? "" : " (" + run.platform + ")") + ": " +
           counted(all_rows(run.rows), "row") + ", " + human_size(run.database_bytes) +
           "; migrated and checked in " + seconds_text(run.seconds) + ", grew to " +
           std::to_string(std::lround(run.growth * 100)) + " %";
}

std::string text_of(const Figures& figures) {
    std::vector<std::vector<std::string>> rows{figures.heads};
    rows.insert(rows.end(), figures.rows.begin(), figures.rows.end());
    std::vector<std::size_t> widths(figures.heads.size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (const auto& row : rows) {
        std::string line = "    " + row[0] + std::string(widths[0] - row[0].size(), ' ');
        for (std::size_t i = 1; i < row.size(); ++i)
            line += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

std::string html_of(const Figures& figures) {
    const auto row_of = [](const std::vector<std::string>& cells, const std::string& tag) {
        std::string row = "<tr>";
        for (std::size_t i = 0; i < cells.size(); ++i)
            row += "<" + tag + (i > 0 ? " class=\"n\">" : ">") + escaped(cells[i]) + "</" + tag + ">";
        return row + "</tr>\n";
    };
    std::string html = "<table>\n" + row_of(figures.heads, "th");
    for (const auto& row : figures.rows) html += row_of(row, "td");
    return html + "</table>\n";
}

std::vector<std::string> declared_by(const Declarations& declarations) {
    std::vector<std::string> sentences;
    const auto add_list = [&](const std::string& what, const std::vector<std::string>& names) {
        for (const std::string& name : names) sentences.push_back(what + " " + name);
    };
    const auto add_map = [&](const std::string& what, const std::map<std::string, std::string>& names,
                             const std::string& between) {
        for (const auto& [name, value] : names) sentences.push_back(what + " " + name + between + value);
    };
    add_list("drops the table", declarations.dropped_tables);
    add_list("drops the column", declarations.dropped_columns);
    add_list("changes the column", declarations.changed_columns);
    add_map("renames the table", declarations.renamed_tables, " to ");
    add_map("moves the column", declarations.moved_columns, " to ");
    add_map("may lose rows of", declarations.max_shrink, ": ");
    add_list("takes no account of", declarations.ignore_tables);
    return sentences;
}

std::string what_succeeded(const Evidence& evidence) {
    return counted(static_cast<std::int64_t>(evidence.runs.size()), "installation") +
           " updated, rolled back, and compared to the byte.";
}

std::string verdict(const Evidence& evidence, const std::string& failure) {
    if (!failure.empty())
        return "<p class=\"disappeared\"><strong>It failed: there is no evidence, and nothing can be "
               "built.</strong></p>\n<pre>" +
               escaped(failure) + "</pre>\n";
    return "<p class=\"appeared\"><strong>It succeeded: " + what_succeeded(evidence) + "</strong></p>\n<p>" +
           escaped(evidence.created + ", by Lockstep " + evidence.engine) + "</p>\n";
}

} // namespace

std::string rehearsal_text(const Evidence& evidence) {
    std::string text = "The rehearsal of " + evidence.product + " " + evidence.version +
                       " succeeded: " + what_succeeded(evidence) + "\n";
    for (const RehearsalRun& run : evidence.runs) {
        text += "  " + heading_of(run) + "\n";
        for (const Figures& figures : figures_of(run))
            if (!figures.rows.empty()) text += text_of(figures);
    }
    return text;
}

std::string rehearsal_html(const Release& release, const Evidence& evidence, const std::string& failure) {
    std::string body = verdict(evidence, failure) + "<h2>What the release does to the records</h2>\n<ul>\n";
    const auto declared = declared_by(release.declarations);
    if (declared.empty()) body += "<li>every table and column is kept</li>\n";
    for (const std::string& sentence : declared) body += "<li>" + escaped(sentence) + "</li>\n";
    body += "</ul>\n";
    for (const RehearsalRun& run : evidence.runs) {
        body += "<h2>" + escaped(heading_of(run)) + "</h2>\n";
        for (const Figures& figures : figures_of(run))
            if (!figures.rows.empty()) body += html_of(figures);
    }
    return html_page("The rehearsal of " + release.product + " " + release.version, body);
}

} // namespace lockstep
