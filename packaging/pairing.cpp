#include "packaging/pairing.h"

#include "packaging/likeness.h"
#include "packaging/pairing_work.h"
#include "payload/sql_text.h"

#include <algorithm>

namespace lockstep {
namespace {

const std::string* value_of(const std::map<std::string, std::string>& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

const std::string* key_of(const std::map<std::string, std::string>& map, const std::string& value) {
    const auto found = std::ranges::find_if(map, [&](const auto& entry) { return entry.second == value; });
    return found == map.end() ? nullptr : &found->first;
}

} // namespace

void Pairing::pair(const std::string& old_table_name, const std::string& new_table_name) {
    tables[old_table_name] = new_table_name;
    if (old_table_name != new_table_name) renamed_from[new_table_name] = old_table_name;
}

const std::string* Pairing::new_table(const std::string& old_table_name) const {
    return value_of(tables, old_table_name);
}

const std::string* Pairing::old_table(const std::string& new_table_name) const {
    // Most tables keep their names, and there may be ten thousand of them.
    const auto same = tables.find(new_table_name);
    if (same != tables.end() && same->second == new_table_name) return &same->first;
    const auto renamed = renamed_from.find(new_table_name);
    return renamed == renamed_from.end() ? nullptr : &renamed->second;
}

const std::string* Pairing::new_column(const std::string& old_table_name, const std::string& column) const {
    const auto table = columns.find(old_table_name);
    return table == columns.end() ? nullptr : value_of(table->second, column);
}

const std::string* Pairing::old_column(const std::string& old_table_name, const std::string& column) const {
    const auto table = columns.find(old_table_name);
    return table == columns.end() ? nullptr : key_of(table->second, column);
}

Pairing pair_schemas(Database& database, const DatabaseSchema& older, const DatabaseSchema& newer,
                     const Decisions& decisions) {
    PairingWork work{database, older, newer, decisions, {}, {}, {}};
    pair_tables(work);
    pair_decided_columns(work);
    pair_lookups(work);
    pair_columns(work);
    pair_moves(work);
    pair_merged_tables(work);
    note_types_and_defaults(work);
    std::ranges::stable_sort(work.pairing.inferences, [](const Inference& a, const Inference& b) {
        return a.kind != b.kind ? a.kind < b.kind : a.confidence > b.confidence;
    });
    return std::move(work.pairing);
}

} // namespace lockstep
