#include "packaging/schema_report.h"

#include "payload/declaration_text.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace lockstep {
namespace {

constexpr std::size_t told_once = 4; // tables with the same change
constexpr std::size_t names_shown = 6;

constexpr std::size_t text_shown = 200; // of a trigger's or view's text

std::string joined_names(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), names_shown); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > names_shown) text += " and " + std::to_string(names.size() - names_shown) + " more";
    return text;
}

// Columns and the like of a table that appeared need no words of their own.
bool told_by_its_table(const TableDifference& table) {
    return table.fate == TableFate::appeared;
}

std::string fate_name(TableFate fate) {
    switch (fate) {
    case TableFate::appeared:
        return "appeared";
    case TableFate::disappeared:
        return "disappeared";
    case TableFate::changed:
        return "changed";
    }
    return "";
}

// null where there is nothing.
nlohmann::ordered_json text_or_null(const std::string& text) {
    return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

nlohmann::ordered_json changes_json(const std::vector<SchemaChange>& changes) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const SchemaChange& change : changes)
        list.push_back({{"kind", change.kind},
                        {"name", change.name},
                        {"before", text_or_null(change.before)},
                        {"after", text_or_null(change.after)}});
    return list;
}

std::string inference_line(const Inference& inference) {
    return std::to_string(inference.confidence) + "%  " + kind_sentence(inference) + ": " + inference.reason;
}

// Random defaults and changed types of many columns are one line.
std::vector<std::string> inference_lines(const std::vector<Inference>& inferences) {
    std::vector<std::string> lines;
    std::vector<std::string> random;
    for (const Inference& inference : inferences)
        if (inference.kind == InferenceKind::random_default)
            random.push_back(dotted(inference.to));
        else
            lines.push_back(inference_line(inference));
    if (!random.empty())
        lines.push_back("95%  each installation has its own default for " + joined_names(random) +
                        ": the defaults differ in nothing but a random UUID (mask_defaults)");
    return lines;
}

} // namespace

std::string change_sentence(const SchemaChange& change) {
    const std::string what = change.kind + (change.name.empty() ? "" : " " + change.name);
    if (change.kind == "column name") return "column " + change.before + " is now " + change.after;
    if (change.before.empty()) return what + " appeared: " + cut_text(change.after, text_shown);
    if (change.after.empty()) return what + " disappeared: " + cut_text(change.before, text_shown);
    return what + " changed: " + cut_text(change.before, text_shown) + " -> " +
           cut_text(change.after, text_shown);
}

std::string table_sentence(const TableDifference& table) {
    if (table.fate == TableFate::appeared) return "table " + table.after + " appeared";
    if (table.fate == TableFate::disappeared) return "table " + table.before + " disappeared";
    if (ascii_lower(table.before) != ascii_lower(table.after))
        return "table " + table.before + " is now " + table.after;
    return "table " + table.after + " changed";
}

std::vector<CommonChange> common_changes(const SchemaComparison& comparison) {
    std::map<std::string, std::vector<std::string>> by_sentence;
    for (const TableDifference& table : comparison.tables)
        if (!told_by_its_table(table))
            for (const SchemaChange& change : table.changes)
                by_sentence[change_sentence(change)].push_back(table.after);
    std::vector<CommonChange> common;
    for (const auto& [sentence, tables] : by_sentence)
        if (tables.size() >= told_once) common.push_back({sentence, tables});
    return common;
}

std::vector<std::string> own_changes(const TableDifference& table, const std::vector<CommonChange>& common) {
    std::vector<std::string> own;
    for (const SchemaChange& change : table.changes) {
        const std::string sentence = change_sentence(change);
        const bool told =
            std::ranges::any_of(common, [&](const CommonChange& one) { return one.sentence == sentence; });
        if (!told) own.push_back(sentence);
    }
    return own;
}

std::string comparison_summary(const SchemaComparison& comparison) {
    std::int64_t appeared = 0;
    std::int64_t disappeared = 0;
    std::int64_t renamed = 0;
    std::int64_t changed = 0;
    for (const TableDifference& table : comparison.tables) {
        if (table.fate == TableFate::appeared)
            ++appeared;
        else if (table.fate == TableFate::disappeared)
            ++disappeared;
        else if (ascii_lower(table.before) != ascii_lower(table.after))
            ++renamed;
        else
            ++changed;
    }
    return counted(appeared, "table") + " appeared, " + counted(disappeared, "table") + " disappeared, " +
           counted(renamed, "table") + " renamed, " + counted(changed, "table") + " changed; " +
           counted(static_cast<std::int64_t>(comparison.others.size()), "other difference");
}

std::string comparison_text(const SchemaComparison& comparison) {
    if (comparison.same()) return "The two schemas are the same.\n";
    const std::vector<CommonChange> common = common_changes(comparison);
    std::string text = comparison_summary(comparison) + "\n";
    if (!comparison.inferences.empty()) text += "\nProbably:\n";
    for (const std::string& line : inference_lines(comparison.inferences)) text += "  " + line + "\n";
    for (const CommonChange& one : common)
        text += "\nin " + std::to_string(one.tables.size()) + " tables (" + joined_names(one.tables) +
                "):\n  " + one.sentence + "\n";
    for (const TableDifference& table : comparison.tables) {
        const std::vector<std::string> own = own_changes(table, common);
        const bool all_common = own.empty() && !table.changes.empty();
        if (all_common && table_sentence(table).ends_with(" changed")) continue;
        text += "\n" + table_sentence(table) + "\n";
        for (const std::string& sentence : own) text += "  " + sentence + "\n";
    }
    if (!comparison.others.empty()) text += "\n";
    for (const SchemaChange& change : comparison.others) text += change_sentence(change) + "\n";
    return text;
}

std::string comparison_json(const SchemaComparison& comparison) {
    nlohmann::ordered_json tables = nlohmann::ordered_json::array();
    for (const TableDifference& table : comparison.tables)
        tables.push_back({{"fate", fate_name(table.fate)},
                          {"before", text_or_null(table.before)},
                          {"after", text_or_null(table.after)},
                          {"changes", changes_json(table.changes)}});
    nlohmann::ordered_json inferences = nlohmann::ordered_json::array();
    for (const Inference& one : comparison.inferences)
        inferences.push_back({{"kind", kind_name(one.kind)},
                              {"from", dotted(one.from)},
                              {"to", dotted(one.to)},
                              {"confidence", one.confidence},
                              {"applied", one.applied()},
                              {"reason", one.reason}});
    const nlohmann::ordered_json all{{"same", comparison.same()},
                                     {"tables", std::move(tables)},
                                     {"others", changes_json(comparison.others)},
                                     {"inferences", std::move(inferences)}};
    return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

} // namespace lockstep
