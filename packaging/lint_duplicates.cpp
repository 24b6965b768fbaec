#include "packaging/likeness.h"
#include "packaging/lint_parts.h"
#include "payload/row_comparison.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

// Columns of one table by which its rows are put together, as SQL.
struct Grouping {
    std::vector<std::string> values = {};
    std::vector<std::string> same = {}; // equal where two rows have the same value
    std::string where = "1";            // a partial index's
};

std::string joined_by(const std::vector<std::string>& parts, const std::string& between) {
    std::string all;
    for (const std::string& part : parts) all += (all.empty() ? "" : between) + part;
    return all;
}

// NULL is never the same as another.
std::string counting(const Grouping& grouping) {
    std::string all = "(" + grouping.where + ")";
    for (const std::string& value : grouping.values) all += " AND " + value + " IS NOT NULL";
    return all;
}

// Rows of a table that are put together, as far as the groups meet `having` (SQL).
class RowGroups {
  public:
    RowGroups(const TableInfo& table, const TableSchema& schema, Grouping grouping, std::string having)
        : table_(table.sql()), key_(key_columns(schema)), grouping_(std::move(grouping)),
          having_(std::move(having)) {}

    std::int64_t count(Database& database) const {
        return database
            .integer("SELECT CAST(total(n) AS INTEGER) FROM (SELECT count(*) AS n" + groups() + ")")
            .value_or(0);
    }

    void take_samples(Database& database, bool show_values, Risk& risk) const {
        const std::string same = joined_by(grouping_.same, ", ");
        const std::string condition =
            counting(grouping_) + " AND (" + same + ") IN (SELECT " + same + groups() + ")";
        risk.keys = first_rows(database, key_, table_, condition, key_);
        if (show_values) risk.values = first_rows(database, grouping_.values, table_, condition, key_);
    }

  private:
    std::string groups() const {
        return " FROM " + table_ + " WHERE " + counting(grouping_) + " GROUP BY " +
               joined_by(grouping_.same, ", ") + " HAVING " + having_;
    }

    std::string table_;
    std::vector<std::string> key_;
    Grouping grouping_;
    std::string having_;
};

class DuplicateFinder {
  public:
    DuplicateFinder(const LintTables& tables, const LintTable& table, bool show_values,
                    std::vector<Risk>& risks)
        : tables_(tables), table_(table), show_values_(show_values), risks_(risks) {}

    void find(bool referred_to) {
        std::set<std::string> seen;
        for (const SchemaIndex& index : table_.newer->indexes) {
            if (!index.unique) continue;
            if (index.partial || !names_columns(index)) {
                find_duplicates_by_text(index);
                continue;
            }
            find_duplicates(index);
            for (const IndexPart& part : index.parts)
                if (is_text(*part.column) && seen.insert(ascii_lower(*part.column)).second)
                    find_alike(index, *part.column);
        }
        if (referred_to) find_alike_labels(seen);
    }

  private:
    static bool names_columns(const SchemaIndex& index) {
        return std::ranges::all_of(index.parts,
                                   [](const IndexPart& part) { return part.column.has_value(); });
    }

    bool is_text(const std::string& column) const {
        const SchemaColumn* found = table_.newer->column(column);
        return found && affinity(found->type) == "text";
    }

    bool was_unique(const SchemaIndex& index) const {
        return std::ranges::any_of(table_.older->indexes, [&](const SchemaIndex& old) {
            return old.unique && !old.partial && old.parts.size() == index.parts.size() &&
                   std::ranges::all_of(index.parts, [&](const IndexPart& part) {
                       return std::ranges::any_of(old.parts, [&](const IndexPart& one) {
                           const SchemaColumn* was = table_.old_column(*part.column);
                           return one.column && was && same_name(*one.column, was->name) &&
                                  same_name(one.collation, part.collation) && keeps_type(*was, *part.column);
                       });
                   });
        });
    }

    // '1' and '01' are one number.
    bool keeps_type(const SchemaColumn& was, const std::string& column) const {
        return affinity(was.type) == affinity(table_.newer->column(column)->type);
    }

    // As the new columns would compare the old values: a number for text that a numeric column takes as one.
    std::optional<Grouping> old_grouping(const SchemaIndex& index) const {
        Grouping grouping;
        for (const IndexPart& part : index.parts) {
            const SchemaColumn* was = table_.old_column(*part.column);
            if (!was) return std::nullopt;
            const std::string name = quoted_name(was->name);
            const std::string kind = affinity(table_.newer->column(*part.column)->type);
            grouping.values.push_back(name);
            grouping.same.push_back(kind == "text" || kind == "blob"
                                        ? name + " COLLATE " + quoted_name(part.collation)
                                        : "iif(lockstep_fits('numeric', " + name + "), CAST(" + name +
                                              " AS NUMERIC), " + name + ")");
        }
        return grouping;
    }

    void find_duplicates(const SchemaIndex& index) {
        if (!table_.before || was_unique(index)) return;
        const auto grouping = old_grouping(index);
        if (!grouping) return;
        std::vector<std::string> columns;
        for (const IndexPart& part : index.parts) columns.push_back(*part.column);
        count_duplicates(joined_by(columns, ", "), *grouping);
    }

    // A partial index, or one on expressions: as far as its columns were there by the same names.
    void find_duplicates_by_text(const SchemaIndex& index) {
        const std::string name = ascii_lower(index.name);
        const std::string& sql = tables_.newer(table_.after->database).indexes.at(name).sql;
        if (!table_.before || !table_.were_columns(tokens_of(sql))) return;
        const auto& older = tables_.older(table_.before->database).indexes;
        if (const auto was = older.find(name); was != older.end() && was->second.sql == sql) return;
        const IndexText text = read_index_text(sql);
        Grouping grouping;
        for (std::size_t i = 0; i < index.parts.size() && i < text.parts.size(); ++i) {
            grouping.values.push_back("(" + text.parts[i] + ")");
            grouping.same.push_back("(" + text.parts[i] + ") COLLATE " +
                                    quoted_name(index.parts[i].collation));
        }
        if (!text.where.empty()) grouping.where = text.where;
        count_duplicates(joined_by(text.parts, ", "), grouping);
    }

    void count_duplicates(const std::string& columns, const Grouping& grouping) {
        Risk risk{.kind = RiskKind::duplicate,
                  .place = dotted(table_.newer->name, columns),
                  .message = "is there more than once, and UNIQUE in the new schema",
                  .advice =
                      "Say in the migration which row stays, and let what refers to the others refer to "
                      "it."};
        const RowGroups groups(*table_.before, *table_.older, grouping, "count(*) > 1");
        risk.before = groups.count(tables_.database());
        if (risk.before == 0) return;
        if (tables_.migrated()) risk.after = 0; // SQLite would have refused them
        add(std::move(risk), groups);
    }

    // Rows of which `column` is the same but for case and accents, and the other columns are the same.
    static RowGroups alike(const TableInfo& table, const TableSchema& schema,
                           const std::vector<std::string>& columns, const std::string& column) {
        Grouping grouping;
        for (const std::string& one : columns) {
            grouping.values.push_back(quoted_name(one));
            grouping.same.push_back(same_name(one, column) ? "lockstep_folded(" + quoted_name(one) + ")"
                                                           : quoted_name(one));
        }
        const std::string value = quoted_name(column) + " COLLATE BINARY";
        return {table, schema, std::move(grouping), "min(" + value + ") <> max(" + value + ")"};
    }

    void find_alike(const SchemaIndex& index, const std::string& column) {
        std::vector<std::string> now;
        std::vector<std::string> was;
        for (const IndexPart& part : index.parts) {
            now.push_back(*part.column);
            if (const SchemaColumn* old = table_.old_column(*part.column)) was.push_back(old->name);
        }
        std::optional<RowGroups> before;
        if (table_.before && was.size() == now.size())
            before = alike(*table_.before, *table_.older, was, table_.old_column(column)->name);
        count_alike(column, before, alike(*table_.after, *table_.newer, now, column));
    }

    void count_alike(const std::string& column, const std::optional<RowGroups>& before,
                     const RowGroups& after) {
        Risk risk{.kind = RiskKind::near_duplicate,
                  .place = dotted(table_.newer->name, column),
                  .message = "differs from another row's only in case, accents or spaces",
                  .advice = "Where they mean one thing, let the migration make one row of them."};
        if (before) risk.before = before->count(tables_.database());
        if (tables_.migrated() && before && tables_.untouched(table_))
            risk.after = risk.before;
        else if (tables_.migrated())
            risk.after = after.count(tables_.database());
        if (risk.after.value_or(0) > 0)
            add(std::move(risk), after);
        else if (risk.before.value_or(0) > 0)
            add(std::move(risk), *before);
    }

    // Names of a table that others refer to: no two rows have the same one, though nothing says so.
    void find_alike_labels(const std::set<std::string>& seen) {
        if (!table_.before) return;
        for (const SchemaColumn& column : table_.newer->columns) {
            const SchemaColumn* was = table_.old_column(column.name);
            if (!was || !is_text(column.name) || seen.contains(ascii_lower(column.name))) continue;
            if (!tells_rows_apart(*table_.before, was->name)) continue;
            count_alike(column.name, alike(*table_.before, *table_.older, {was->name}, was->name),
                        alike(*table_.after, *table_.newer, {column.name}, column.name));
        }
    }

    bool tells_rows_apart(const TableInfo& table, const std::string& column) const {
        const std::string name = quoted_name(column);
        return tables_.database()
                   .integer("SELECT 1 FROM " + table.sql() + " WHERE " + name + " IS NOT NULL GROUP BY " +
                            name + " COLLATE BINARY HAVING count(*) > 1 LIMIT 1")
                   .value_or(0) == 0;
    }

    void add(Risk risk, const RowGroups& groups) {
        risk.database = table_.after->database;
        groups.take_samples(tables_.database(), show_values_, risk);
        risks_.push_back(std::move(risk));
    }

    const LintTables& tables_;
    const LintTable& table_;
    bool show_values_;
    std::vector<Risk>& risks_;
};

// (database, table) of those that a foreign key of another table refers to.
std::set<std::pair<std::string, std::string>> referred_to(const LintTables& tables) {
    std::set<std::pair<std::string, std::string>> all;
    for (const LintTable& table : tables.tables())
        for (const SchemaForeignKey& key : table.newer->foreign_keys)
            if (!same_name(key.parent, table.newer->name))
                all.emplace(table.after->database, ascii_lower(key.parent));
    return all;
}

} // namespace

void lint_duplicates(const LintTables& tables, bool show_values, std::vector<Risk>& risks) {
    const auto referred = referred_to(tables);
    for (const LintTable& table : tables.tables())
        DuplicateFinder(tables, table, show_values, risks)
            .find(referred.contains({table.after->database, ascii_lower(table.after->name)}));
}

} // namespace lockstep
