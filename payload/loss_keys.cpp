#include "payload/loss_keys.h"

#include <algorithm>

namespace lockstep {
namespace {

std::string column_of(const char* side, const std::string& column) {
    return std::string(side) + "." + quoted_name(column);
}

// One pair of columns that hold the same key.
struct KeyPair {
    std::string older;
    std::string newer;
    std::string collation; // empty: the columns' own
};

RowMatch matched_on(const TableInfo& older, const TableInfo& newer, const std::vector<KeyPair>& pairs,
                    const std::vector<std::string>& shown_key) {
    RowMatch match{.older = older.sql(), .newer = newer.sql(), .on = "", .missing = "", .key = {}};
    for (const KeyPair& pair : pairs) {
        match.on += match.on.empty() ? "" : " AND ";
        match.on += column_of("new", pair.newer) + " = " + column_of("old", pair.older);
        if (!pair.collation.empty()) match.on += " COLLATE " + quoted_name(pair.collation);
    }
    match.missing = column_of("new", pairs.at(0).newer) + " IS NULL"; // a NULL is equal to nothing
    for (const std::string& column : shown_key) match.key.push_back(column_of("old", column));
    return match;
}

// An old key may allow NULL, of which any number of rows may have one.
bool holds_null(Database& database, const TableInfo& table, const KeyInfo& key) {
    std::string condition;
    for (const std::string& column : key.columns)
        if (!key.rowid && !table.column(column)->not_null)
            condition += (condition.empty() ? "" : " OR ") + quoted_name(column) + " IS NULL";
    return !condition.empty() &&
           database.integer("SELECT 1 FROM " + table.sql() + " WHERE " + condition + " LIMIT 1").has_value();
}

// Where the two keys' collations differ, BINARY tells apart what either does.
std::string collation_for(const KeyInfo& older, std::size_t i, const KeyInfo& newer, std::size_t j) {
    if (older.rowid && newer.rowid) return "";
    return same_name(older.collations[i], newer.collations[j]) ? older.collations[i] : "BINARY";
}

std::optional<std::vector<KeyPair>> paired(const KeyInfo& older, const KeyInfo& newer,
                                           const KeptName& kept_name) {
    if (older.columns.size() != newer.columns.size()) return std::nullopt;
    std::vector<KeyPair> pairs;
    for (std::size_t i = 0; i < older.columns.size(); ++i) {
        const std::string* name = kept_name(older.columns[i]);
        const auto found =
            std::find_if(newer.columns.begin(), newer.columns.end(),
                         [&](const std::string& column) { return name && same_name(column, *name); });
        if (found == newer.columns.end()) return std::nullopt;
        const auto j = static_cast<std::size_t>(found - newer.columns.begin());
        pairs.push_back({older.columns[i], newer.columns[j], collation_for(older, i, newer, j)});
    }
    return pairs;
}

bool is_key(const TableInfo& table, const std::vector<std::string>& columns) {
    return std::any_of(table.keys.begin(), table.keys.end(), [&](const KeyInfo& key) {
        return key.columns.size() == columns.size() &&
               std::all_of(key.columns.begin(), key.columns.end(), [&](const std::string& column) {
                   return std::any_of(columns.begin(), columns.end(),
                                      [&](const std::string& one) { return same_name(one, column); });
               });
    });
}

std::vector<std::string> referred_columns(const ForeignKeyInfo& foreign_key, const TableInfo& referred) {
    if (!foreign_key.referred.empty()) return foreign_key.referred;
    return !referred.keys.empty() && referred.keys[0].primary ? referred.keys[0].columns
                                                              : std::vector<std::string>();
}

std::vector<std::string> shown_key(const TableInfo& table, const std::vector<std::string>& otherwise) {
    return table.keys.empty() ? otherwise : table.keys[0].columns;
}

// The old column that became `newer_column` of the account's table.
const std::string* old_name_of(const TableAccount& account, const std::string& newer_column) {
    for (const ColumnAccount& column : account.columns)
        if (!column.changed && account.in_place(column) && same_name(column.now.column, newer_column))
            return &column.name;
    return nullptr;
}

// pr_person_details.person_id refers to pr_person, whose column moved. One that is a key there comes first:
// the others (created_by, …) refer to the same table for other reasons.
std::optional<RowMatch> by_target_foreign_key(const TableAccount& older, const TableInfo& target) {
    if (!older.newer || !same_name(older.newer->database, target.database)) return std::nullopt;
    std::vector<ForeignKeyInfo> foreign_keys = target.foreign_keys;
    std::stable_partition(foreign_keys.begin(), foreign_keys.end(),
                          [&](const ForeignKeyInfo& one) { return is_key(target, one.columns); });
    for (const ForeignKeyInfo& foreign_key : foreign_keys) {
        const auto referred = referred_columns(foreign_key, *older.newer);
        if (!same_name(foreign_key.table, older.newer->name) || referred.size() != foreign_key.columns.size())
            continue;
        std::vector<KeyPair> pairs;
        for (std::size_t i = 0; i < referred.size(); ++i)
            if (const std::string* old_column = old_name_of(older, referred[i]))
                pairs.push_back({*old_column, foreign_key.columns[i], ""});
        if (!pairs.empty() && pairs.size() == referred.size())
            return matched_on(*older.older, target, pairs, shown_key(*older.older, {pairs[0].older}));
    }
    return std::nullopt;
}

// On the way back: pr_person_details.person_id refers to pr_person, to which the column returns.
std::optional<RowMatch> by_own_foreign_key(const LossAccount& account, const TableAccount& older,
                                           const TableInfo& target) {
    for (const ForeignKeyInfo& foreign_key : older.older->foreign_keys) {
        const TableInfo* parent =
            find_table(account.older(), older.older->database + "." + foreign_key.table, "");
        const TableAccount* parent_account = parent ? account.account_of(*parent) : nullptr;
        if (!parent_account || parent_account->newer != &target) continue;
        const auto referred = referred_columns(foreign_key, *parent);
        std::vector<KeyPair> pairs;
        for (std::size_t i = 0; i < referred.size() && i < foreign_key.columns.size(); ++i)
            if (const std::string* name = parent_account->kept_name(referred[i]))
                pairs.push_back({foreign_key.columns[i], *name, ""});
        if (!pairs.empty() && pairs.size() == foreign_key.columns.size())
            return matched_on(*older.older, target, pairs, shown_key(*older.older, {pairs[0].older}));
    }
    return std::nullopt;
}

} // namespace

std::string RowMatch::joined(const std::string& also) const {
    return older + " AS old LEFT JOIN " + newer + " AS new ON " + on + (also.empty() ? "" : " AND " + also);
}

std::string RowMatch::has_partner() const {
    return "EXISTS (SELECT 1 FROM " + newer + " AS new WHERE " + on + ")";
}

std::optional<RowMatch> match_by_key(Database& database, const TableInfo& older, const TableInfo& newer,
                                     const KeptName& kept_name) {
    for (const KeyInfo& key : older.keys)
        for (const KeyInfo& candidate : newer.keys) {
            const auto pairs = paired(key, candidate, kept_name);
            if (pairs && !holds_null(database, older, key))
                return matched_on(older, newer, *pairs, key.columns);
        }
    return std::nullopt;
}

std::optional<RowMatch> match_to_other_table(Database& database, const LossAccount& account,
                                             const TableAccount& older, const TableInfo& target) {
    if (auto match = by_target_foreign_key(older, target)) return match;
    if (auto match = by_own_foreign_key(account, older, target)) return match;
    const KeptName same = [&](const std::string& column) {
        const ColumnInfo* found = target.column(column);
        return found ? &found->name : nullptr;
    };
    return match_by_key(database, *older.older, target, same);
}

} // namespace lockstep
