#include "packaging/row_link.h"

#include "payload/sql_text.h"

#include <algorithm>

namespace lockstep {
namespace {

using ColumnPairs = std::vector<std::pair<std::string, std::string>>;

bool is_unique(const TableSchema& table, const std::vector<std::string>& columns) {
    const auto same = [&](const std::vector<std::string>& key) {
        return key.size() == columns.size() &&
               std::ranges::equal(
                   key, columns, {}, [](const std::string& one) { return ascii_lower(one); },
                   [](const std::string& one) { return ascii_lower(one); });
    };
    if (same(table.key())) return true;
    return std::ranges::any_of(table.indexes, [&](const SchemaIndex& index) {
        std::vector<std::string> names;
        for (const IndexPart& part : index.parts) names.push_back(part.column.value_or(""));
        return index.unique && !index.partial && same(names);
    });
}

// Of several foreign keys to one table, the one that is a key itself; else the one that no other table's
// record keeping has (created_by, …): a column that names the table.
const SchemaForeignKey* best_reference(const TableSchema& table, const std::string& parent) {
    const SchemaForeignKey* best = nullptr;
    int best_rank = -1;
    for (const SchemaForeignKey& key : table.foreign_keys) {
        if (ascii_lower(key.parent) != parent) continue;
        const std::string column = ascii_lower(key.from[0]);
        const std::string stem = column.substr(0, column.find('_'));
        int rank = is_unique(table, key.from) ? 2 : 0;
        if (stem.size() > 2 && parent.find(stem) != std::string::npos) rank += 1;
        if (rank > best_rank) best = &key, best_rank = rank;
    }
    return best;
}

std::optional<RowLink> decided_link(const DatabaseSchema& older, const DatabaseSchema& newer,
                                    const Decisions& decisions, const TableSchema& old_table,
                                    const TableSchema& new_table) {
    RowLink link{{}, "decided", true};
    for (const auto& [one, other] : decisions.keys) {
        const SchemaPlace now = find_place(newer, one);
        const SchemaPlace before = find_place(older, other);
        if (now.table == new_table.name && before.table == old_table.name)
            link.columns.emplace_back(now.column, before.column);
    }
    if (link.columns.empty()) return std::nullopt;
    return link;
}

// pr_person_details.person_id refers to pr_person.
std::optional<RowLink> child_link(const Pairing& pairing, const TableSchema& old_table,
                                  const TableSchema& new_table) {
    const std::string old_name = ascii_lower(old_table.name);
    const std::string* now = pairing.new_table(old_name);
    const SchemaForeignKey* key = now ? best_reference(new_table, *now) : nullptr;
    if (!key || key->to.size() != key->from.size()) return std::nullopt;
    RowLink link{{}, new_table.name + "." + key->from[0] + " refers to it", true};
    for (std::size_t i = 0; i < key->from.size(); ++i) {
        const std::string* before = pairing.old_column(old_name, ascii_lower(key->to[i]));
        if (!before) return std::nullopt;
        link.columns.emplace_back(key->from[i], old_table.column(*before)->name);
    }
    return link;
}

// pr_person_details.person_id referred to pr_person, to which the column comes.
std::optional<RowLink> parent_link(const DatabaseSchema& older, const Pairing& pairing,
                                   const TableSchema& old_table, const TableSchema& new_table) {
    const std::string* before = pairing.old_table(ascii_lower(new_table.name));
    const TableSchema* parent = before ? older.table(*before) : nullptr;
    const SchemaForeignKey* key = parent ? best_reference(old_table, *before) : nullptr;
    if (!key || key->to.size() != key->from.size()) return std::nullopt;
    RowLink link{{}, old_table.name + "." + key->from[0] + " refers to it", false};
    for (std::size_t i = 0; i < key->from.size(); ++i) {
        const std::string* now = pairing.new_column(*before, ascii_lower(key->to[i]));
        if (!now) return std::nullopt;
        link.columns.emplace_back(new_table.column(*now)->name, key->from[i]);
    }
    return link;
}

std::optional<RowLink> common_key(const TableSchema& old_table, const TableSchema& new_table) {
    const std::vector<std::string> before = old_table.key();
    const std::vector<std::string> now = new_table.key();
    if (before.empty() || before.size() != now.size()) return std::nullopt;
    RowLink link{{}, "they have the same key", true};
    for (std::size_t i = 0; i < before.size(); ++i) {
        // "id" is the key of every table, and the same number in two of them means nothing.
        if (ascii_lower(before[i]) != ascii_lower(now[i]) || ascii_lower(now[i]) == "id") return std::nullopt;
        link.columns.emplace_back(now[i], before[i]);
    }
    return link;
}

} // namespace

std::optional<RowLink> link_rows(const DatabaseSchema& older, const DatabaseSchema& newer,
                                 const Pairing& pairing, const Decisions& decisions,
                                 const TableSchema& old_table, const TableSchema& new_table) {
    if (auto link = decided_link(older, newer, decisions, old_table, new_table)) return link;
    if (auto link = child_link(pairing, old_table, new_table)) return link;
    if (auto link = parent_link(older, pairing, old_table, new_table)) return link;
    return common_key(old_table, new_table);
}

} // namespace lockstep
