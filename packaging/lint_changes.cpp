#include "packaging/lint_parts.h"
#include "packaging/value_map.h"
#include "payload/declaration_text.h"
#include "payload/loss_keys.h"
#include "payload/row_comparison.h"

#include <algorithm>

namespace lockstep {
namespace {

// An old column and what became of it, joined as "old" and "new".
struct ValueChange {
    const ColumnAccount* column;
    RowMatch match;
    std::string older; // SQL
    std::string newer;
};

// 'text' of which the new value is the number at its beginning: CAST('01/14/10 1' AS INTEGER) is 1.
std::string is_cut_number(const ValueChange& change) {
    return "typeof(" + change.older + ") = 'text' AND NOT lockstep_fits('numeric', " + change.older +
           ") AND " + change.newer + " = CAST(" + change.older + " AS NUMERIC)";
}

// '01234' of which the new value is 1234.
std::string is_shorter_number(const ValueChange& change) {
    return "typeof(" + change.older + ") = 'text' AND typeof(" + change.newer +
           ") IN ('integer', 'real') AND lockstep_fits('numeric', " + change.older + ") AND " + change.newer +
           " IN (CAST(" + change.older + " AS NUMERIC), CAST(" + change.older +
           " AS REAL)) AND NOT lockstep_says_all(" + change.newer + ", " + change.older + ")";
}

class ChangeLint {
  public:
    ChangeLint(const LintTables& tables, bool show_values, std::vector<Risk>& risks)
        : tables_(tables), show_values_(show_values), risks_(risks) {}

    void lint() {
        for (const TableAccount& account : tables_.account().tables())
            if (!account.older->is_virtual) {
                look_at(account);
                look_at_lookups(account);
            }
    }

  private:
    void look_at(const TableAccount& account) {
        if (std::ranges::none_of(account.columns,
                                 [&](const ColumnAccount& one) { return may_have_changed(account, one); }))
            return;
        std::optional<RowMatch> in_place;
        if (account.newer && !account.newer->is_virtual)
            in_place = match_by_key(tables_.database(), *account.older, *account.newer,
                                    [&](const std::string& name) { return account.kept_name(name); });
        for (const ColumnAccount& column : account.columns) {
            if (!may_have_changed(account, column)) continue;
            if (!column.now.table || column.now.table->is_virtual) continue;
            std::optional<RowMatch> match = in_place;
            if (!account.in_place(column))
                match =
                    match_to_other_table(tables_.database(), tables_.account(), account, *column.now.table);
            if (match)
                look_at(account, {&column, *match, "old." + quoted_name(column.name),
                                  "new." + quoted_name(column.now.column)});
        }
    }

    // What the release doesn't declare changed, the loss ledger has compared value by value.
    bool may_have_changed(const TableAccount& account, const ColumnAccount& column) const {
        const std::string place = dotted(account.older->name, column.name);
        return column.changed || std::ranges::any_of(risks_, [&](const Risk& risk) {
                   return risk.kind == RiskKind::loss && risk.database == account.older->database &&
                          risk.place == place;
               });
    }

    void look_at(const TableAccount& account, const ValueChange& change) {
        const std::string has_partner = "NOT (" + change.match.missing + ")";
        const std::string unmapped =
            has_partner + " AND " + change.newer + " IS NULL AND " + says_something(account, change);
        const std::string cut = has_partner + " AND " + is_cut_number(change);
        const std::string shorter = has_partner + " AND " + is_shorter_number(change);
        // Of 'none' CAST makes 0, and so may a mapping: only beside numbers it is CAST's.
        const std::string no_number = "CAST(" + change.older + " AS NUMERIC) = 0";
        Statement row = tables_.database().prepare(
            "SELECT count(*) FILTER (WHERE " + unmapped + "), count(DISTINCT " + change.older +
            ") FILTER (WHERE " + unmapped + "), count(*) FILTER (WHERE " + cut +
            "), count(*) FILTER (WHERE " + cut + " AND " + no_number + "), count(*) FILTER (WHERE " +
            change.older + " IS NOT NULL AND lockstep_fits('numeric', " + change.older +
            ")), count(*) FILTER (WHERE " + shorter + ") FROM " + change.match.joined());
        row.step();
        if (row.integer(0) > 0) add_null(account, change, row.integer(0), row.integer(1), unmapped);
        if (row.integer(5) > 0)
            add(account, change, RiskKind::wrong_type, row.integer(5), shorter,
                "is text that says more than the number that it becomes: a zero or a plus sign before it, or "
                "more digits than it holds",
                "Codes and telephone numbers are text: keep the column TEXT, or say in the migration what "
                "becomes of such values.");
        const bool numbers = row.integer(4) > row.integer(3);
        const std::int64_t cut_rows = numbers ? row.integer(2) : row.integer(2) - row.integer(3);
        if (cut_rows > 0)
            add(account, change, RiskKind::cut_number, cut_rows,
                numbers ? cut : cut + " AND NOT (" + no_number + ")",
                "is text that is no number, of which CAST took what stands at its beginning",
                "Say what such text means before CAST: CASE … WHEN, or require() that there is none.");
    }

    void add_null(const TableAccount& account, const ValueChange& change, std::int64_t rows,
                  std::int64_t values, const std::string& condition) {
        const std::string how_many = "; " + counted(values, "different value");
        if (maps_values(tables_.statements(), change.column->now.table->name, change.column->name))
            add(account, change, RiskKind::no_mapping, rows, condition,
                "had a value that the mapping doesn't have, and becomes NULL" + how_many,
                "Add the missing values to the mapping, or say with a CHECK or require() that there are no "
                "others.");
        else
            add(account, change, RiskKind::becomes_null, rows, condition,
                "had a value, and becomes NULL" + how_many,
                "Say what becomes of these values, or say with a CHECK or require() that there are none.");
    }

    // What a column refers to, as a query in parentheses; empty where it refers to nothing.
    std::string referred_rows(const TableAccount& account, const std::string& column) const {
        const DatabaseSchema& schema = tables_.older(account.older->database);
        const SchemaForeignKey* key = schema.table(account.older->name)->reference(column);
        if (!key || !schema.table(key->parent) || key->to.size() != 1) return "";
        return "(SELECT " + quoted_name(key->to[0]) + " FROM " + quoted_name(schema.schema) + "." +
               quoted_name(key->parent) + ")";
    }

    // References that are gone, because the migration wrote down what they referred to: it finds nothing for
    // one to a row that is missing.
    void look_at_lookups(const TableAccount& account) {
        const LintTable* table = account.newer && !account.newer->is_virtual
                                     ? tables_.table(*account.newer, account.newer->name)
                                     : nullptr;
        const std::string nothing_found = table ? is_any_new_column_null(*table) : "";
        if (nothing_found.empty()) return;
        for (const ColumnAccount& column : account.columns) {
            const std::string referred = column.now.table ? "" : referred_rows(account, column.name);
            if (referred.empty() || !maps_values(tables_.statements(), table->newer->name, column.name))
                continue;
            const auto match = match_by_key(tables_.database(), *account.older, *account.newer,
                                            [&](const std::string& name) { return account.kept_name(name); });
            if (match)
                count_lookups(account, {&column, *match, "old." + quoted_name(column.name), ""},
                              "NOT (" + match->missing + ") AND (" + nothing_found + ") AND old." +
                                  quoted_name(column.name) + " IS NOT NULL AND (old." +
                                  quoted_name(column.name) + " IN " + referred + ") IS NOT 1");
        }
    }

    static std::string is_any_new_column_null(const LintTable& table) {
        std::string sql;
        for (const SchemaColumn& column : table.newer->columns)
            if (column.hidden == 0 && column.key_position == 0 && !table.old_column(column.name))
                sql += (sql.empty() ? "new." : " OR new.") + quoted_name(column.name) + " IS NULL";
        return sql;
    }

    void count_lookups(const TableAccount& account, const ValueChange& change, const std::string& condition) {
        const std::int64_t rows =
            tables_.database()
                .integer("SELECT count(*) FROM " + change.match.joined() + " WHERE " + condition)
                .value_or(0);
        if (rows > 0)
            add(account, change, RiskKind::no_mapping, rows, condition,
                "refers to a row that is missing, of which the migration takes nothing but NULL",
                "Say in the migration what stands for such a reference, or say with require() that there is "
                "none.");
    }

    // NULL is no loss for what was blank, no date among dates, or a reference to nothing that still is one.
    std::string says_something(const TableAccount& account, const ValueChange& change) const {
        std::string sql = change.older + " IS NOT NULL AND trim(" + change.older + ") <> ''";
        const std::string now = dotted(change.column->now.table->name, change.column->now.column);
        if (std::ranges::any_of(risks_, [&](const Risk& risk) {
                return risk.kind == RiskKind::not_a_date && risk.database == account.older->database &&
                       risk.place == now;
            }))
            sql += " AND lockstep_date(" + change.older + ") IS NOT 0";
        const LintTable* newer = tables_.table(*change.column->now.table, change.column->now.table->name);
        const bool refers = newer && newer->newer->reference(change.column->now.column);
        const std::string referred = refers ? referred_rows(account, change.column->name) : "";
        if (!referred.empty()) sql += " AND " + change.older + " IN " + referred;
        return sql;
    }

    void add(const TableAccount& account, const ValueChange& change, RiskKind kind, std::int64_t rows,
             const std::string& condition, const std::string& message, const std::string& advice) {
        const std::string joined = change.match.joined();
        Risk risk{.kind = kind,
                  .database = account.older->database,
                  .place = dotted(account.older->name, change.column->name),
                  .message = message,
                  .advice = advice,
                  .before = std::nullopt,
                  .after = rows};
        risk.keys = first_rows(tables_.database(), change.match.key, joined, condition, change.match.key);
        if (show_values_)
            risk.values = first_rows(tables_.database(), {change.older}, joined, condition, change.match.key);
        risks_.push_back(std::move(risk));
    }

    const LintTables& tables_;
    bool show_values_;
    std::vector<Risk>& risks_;
};

} // namespace

void lint_changes(const LintTables& tables, bool show_values, std::vector<Risk>& risks) {
    if (tables.migrated()) ChangeLint(tables, show_values, risks).lint();
}

} // namespace lockstep
