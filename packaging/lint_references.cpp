#include "packaging/lint_parts.h"
#include "packaging/row_risks.h"

#include <algorithm>

namespace lockstep {
namespace {

using Names = std::vector<std::string>;

std::string row_of(const Names& columns, const TableSchema& parent, const Names& referred) {
    std::string all;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const SchemaColumn* column = parent.column(referred[i]); // whose collation decides
        const bool binary = !column || column->collation.empty() || same_name(column->collation, "BINARY");
        all += (i == 0 ? "" : ", ") + quoted_name(columns[i]) +
               (binary ? "" : " COLLATE " + quoted_name(column->collation));
    }
    return "(" + all + ")";
}

std::string none_null(const Names& columns) {
    std::string all;
    for (const std::string& one : columns)
        all += (all.empty() ? "" : " AND ") + quoted_name(one) + " IS NOT NULL";
    return all;
}

// A row that refers to no row of `parent`. NOT IN: SQLite looks each up in an index, or makes one once.
std::string is_orphan(const Names& columns, const TableSchema& parent, const std::string& parent_sql,
                      const Names& referred) {
    std::string selected;
    for (const std::string& one : referred) selected += (selected.empty() ? "" : ", ") + quoted_name(one);
    return none_null(columns) + " AND " + row_of(columns, parent, referred) + " NOT IN (SELECT " + selected +
           " FROM " + parent_sql + " WHERE " + none_null(referred) + ")";
}

class ReferenceConditions {
  public:
    ReferenceConditions(const LintTables& tables, const LintTable& table) : tables_(tables), table_(table) {}

    std::vector<RowCondition> all() {
        for (const SchemaForeignKey& key : table_.newer->foreign_keys) add(key);
        return std::move(all_);
    }

  private:
    void add(const SchemaForeignKey& key) {
        std::string columns;
        for (const std::string& one : key.from) columns += (columns.empty() ? "" : ", ") + one;
        if (!tables_.newer(table_.after->database).table(key.parent)) return add_without_parent(key, columns);
        const LintTable* parent = tables_.table(*table_.after, key.parent);
        if (!parent || key.to.size() != key.from.size()) return; // virtual, ignored, or no key to refer to
        all_.push_back({{.kind = RiskKind::orphan,
                         .place = dotted(table_.newer->name, columns),
                         .message = "refers to a row of " + parent->newer->name + " that is missing",
                         .advice = "Say in the migration what becomes of such rows: NULL, a row that stands "
                                   "for the missing one, or none (max_shrink)."},
                        before(key, *parent),
                        is_orphan(key.from, *parent->newer, parent->after->sql(), key.to),
                        row_shown(old_names(table_, key.from).value_or(key.from)),
                        row_shown(key.from),
                        tables_.untouched(*parent)});
    }

    void add_without_parent(const SchemaForeignKey& key, const std::string& columns) {
        all_.push_back(
            {{.kind = RiskKind::orphan,
              .place = dotted(table_.newer->name, columns),
              .message = "refers to the table " + key.parent + ", which the new schema doesn't have",
              .advice = "Rebuild the table without this reference, or keep the other table."},
             "",
             none_null(key.from),
             "",
             row_shown(key.from)});
    }

    static std::string row_shown(const Names& columns) {
        std::string all;
        for (const std::string& one : columns) all += (all.empty() ? "" : " || ', ' || ") + quoted_name(one);
        return all;
    }

    static std::optional<Names> old_names(const LintTable& table, const Names& columns) {
        Names names;
        for (const std::string& one : columns) {
            const SchemaColumn* was = table.old_column(one);
            if (!was) return std::nullopt;
            names.push_back(was->name);
        }
        return names;
    }

    // Empty where either side is new.
    std::string before(const SchemaForeignKey& key, const LintTable& parent) const {
        if (!table_.before || !parent.before) return "";
        const auto from = old_names(table_, key.from);
        const auto to = old_names(parent, key.to);
        return from && to ? is_orphan(*from, *parent.older, parent.before->sql(), *to) : "";
    }

    const LintTables& tables_;
    const LintTable& table_;
    std::vector<RowCondition> all_;
};

} // namespace

void lint_references(const LintTables& tables, bool show_values, std::vector<Risk>& risks) {
    for (const LintTable& table : tables.tables())
        count_row_risks(tables, table, ReferenceConditions(tables, table).all(), show_values, risks);
}

} // namespace lockstep
