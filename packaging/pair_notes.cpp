// What no name says: tables whose rows were put together, columns of another type, defaults that each
// installation has for itself.
#include "packaging/likeness.h"
#include "packaging/pairing_work.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <map>
#include <set>

namespace lockstep {
namespace {

std::set<std::string> plain_columns(const TableSchema& table) {
    std::set<std::string> names;
    for (const SchemaColumn& column : table.columns)
        if (column.hidden == 0) names.insert(ascii_lower(column.name));
    return names;
}

bool holds_all(const TableSchema& table, const std::set<std::string>& columns) {
    return std::ranges::all_of(columns, [&](const std::string& one) { return table.column(one) != nullptr; });
}

// Gone tables by their columns, where at least two of these say something.
std::map<std::set<std::string>, std::vector<const TableSchema*>> gone_alike(const PairingWork& work) {
    const ColumnRarity rarity(work.older, work.newer);
    std::map<std::set<std::string>, std::vector<const TableSchema*>> groups;
    for (const auto& [name, table] : work.older.tables) {
        if (work.newer.table(name) || table.is_virtual() || work.decisions.merged_tables.contains(table.name))
            continue;
        std::set<std::string> columns = plain_columns(table);
        const auto says_something = std::ranges::count_if(
            columns, [&](const std::string& one) { return rarity.weight(one) > 0 && one != "id"; });
        if (says_something >= 2) groups[std::move(columns)].push_back(&table);
    }
    return groups;
}

void merge_group(PairingWork& work, const std::vector<const TableSchema*>& group, const TableSchema& newer) {
    std::erase_if(work.pairing.inferences, [&](const Inference& one) {
        return one.kind == InferenceKind::renamed_table && !one.applied() && one.to.table == newer.name;
    });
    for (const TableSchema* table : group)
        work.pairing.inferences.push_back(
            {InferenceKind::merged_table,
             {table->name, ""},
             {newer.name, ""},
             65,
             std::to_string(group.size()) + " tables with the same columns are gone, and " + newer.name +
                 " has all of them; whether their keys differ is for a person to say",
             ""});
}

std::string without_uuid(const std::string& text) {
    std::string rest;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::size_t length = 0;
        const auto is_uuid_character = [&](char c) {
            const bool hyphen = length == 8 || length == 13 || length == 18 || length == 23;
            return hyphen ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
        };
        while (length < 36 && i + length < text.size() && is_uuid_character(text[i + length])) ++length;
        if (length == 36)
            i += 35;
        else
            rest += text[i];
    }
    return rest;
}

void note_column(PairingWork& work, const TableSchema& older, const TableSchema& newer,
                 const SchemaColumn& was, const SchemaColumn& is) {
    if (ascii_lower(was.type) != ascii_lower(is.type))
        work.pairing.inferences.push_back(
            {InferenceKind::changed_type,
             {older.name, was.name},
             {newer.name, is.name},
             99,
             (was.type.empty() ? "no type" : was.type) + " became " + (is.type.empty() ? "no type" : is.type),
             ""});
    if (!was.default_value || !is.default_value || *was.default_value == *is.default_value) return;
    const std::string rest = without_uuid(*was.default_value);
    if (rest != *was.default_value && rest == without_uuid(*is.default_value))
        work.pairing.inferences.push_back({InferenceKind::random_default,
                                           {older.name, was.name},
                                           {newer.name, is.name},
                                           95,
                                           "the two defaults differ in nothing but a random UUID",
                                           ""});
}

} // namespace

void pair_merged_tables(PairingWork& work) {
    for (const auto& [from, to] : work.decisions.merged_tables)
        work.pairing.inferences.push_back({InferenceKind::merged_table,
                                           {work.older.table(from)->name, ""},
                                           {work.newer.table(to)->name, ""},
                                           certain,
                                           "decided",
                                           ""});
    for (const auto& [columns, group] : gone_alike(work)) {
        std::vector<const TableSchema*> free;
        for (const TableSchema* table : group)
            if (!work.pairing.new_table(ascii_lower(table->name))) free.push_back(table);
        if (free.size() < 2) continue;
        for (const auto& [name, table] : work.newer.tables)
            if (!work.older.table(name) && !work.pairing.old_table(name) && !table.is_virtual() &&
                holds_all(table, columns)) {
                merge_group(work, free, table);
                break;
            }
    }
}

void note_types_and_defaults(PairingWork& work) {
    for (const auto& [before, after] : work.pairing.tables) {
        const TableSchema& older = *work.older.table(before);
        const TableSchema& newer = *work.newer.table(after);
        for (const SchemaColumn& column : older.columns)
            if (const std::string* now = work.pairing.new_column(before, ascii_lower(column.name)))
                note_column(work, older, newer, column, *newer.column(*now));
    }
}

} // namespace lockstep
