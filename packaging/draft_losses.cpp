#include "packaging/draft_parts.h"
#include "packaging/likeness.h"
#include "packaging/virtual_tables.h"
#include "payload/declaration_text.h"

#include <algorithm>

namespace lockstep {
namespace {

class LossGuard {
  public:
    LossGuard(const DraftInput& input, TableSection& section)
        : input_(input), section_(section), older_(*section.older), rarity_(input.older, input.newer) {}

    void guard() {
        if (input_.way_back || !(keeps_rows(older_) || is_contentless(older_))) return;
        if (!section_.newer)
            guard_table();
        else if (loses_rows(older_, *section_.newer))
            guard_emptied();
        else
            guard_columns();
    }

  private:
    bool is_decided(const std::vector<std::string>& names, const std::string& name) const {
        return std::ranges::any_of(
            names, [&](const std::string& one) { return ascii_lower(one) == ascii_lower(name); });
    }

    bool goes_on(const SchemaColumn& column) const {
        if (input_.pairing.new_column(ascii_lower(older_.name), ascii_lower(column.name)) != nullptr)
            return true;
        return std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
            return one.applied() && one.from == SchemaPlace{older_.name, column.name};
        });
    }

    void guard_columns() {
        for (const SchemaColumn& column : older_.columns)
            if (column.hidden == 0 && !goes_on(column)) guard_column(column);
    }

    std::string rows_sql() const { return quoted_name(older_.name); }
    std::string counted_sql() const {
        return quoted_name(input_.older.schema) + "." + quoted_name(older_.name);
    }

    void guard_column(const SchemaColumn& column) {
        const std::string name = dotted(older_.name, column.name);
        const std::string what = "column " + name + " is gone";
        if (is_decided(input_.decisions.dropped_columns, name)) {
            section_.notes.push_back(what + ": decided.");
            return;
        }
        const std::int64_t values =
            input_.database.integer("SELECT count(" + quoted_name(column.name) + ") FROM " + counted_sql())
                .value_or(0);
        if (values > 0)
            section_.open.push_back(what + ", with " + counted(values, "value") +
                                    ". Say what becomes of them:\n" + listing("dropped_columns", name) +
                                    "\n" + mapping("renamed_columns", name, section_.newer->name + ".…") +
                                    "\n" + mapping("moved_columns", name, "….…"));
        else
            section_.notes.push_back(what + "; it holds nothing in the old database.");
        section_.guards.push_back(
            "SELECT require(NOT EXISTS (SELECT 1 FROM " + rows_sql() + " WHERE " + quoted_name(column.name) +
            " IS NOT NULL), " +
            quoted_text("column " + name + " holds values here, and this release drops it") + ");");
    }

    // The table stays, and nothing can fill it from the old one.
    void guard_emptied() {
        if (std::ranges::all_of(older_.columns, [&](const SchemaColumn& one) {
                return is_decided(input_.decisions.dropped_columns, dotted(older_.name, one.name));
            })) {
            section_.notes.push_back("what " + older_.name + " holds is gone: decided.");
            return;
        }
        const std::string why =
            is_contentless(older_)
                ? "keeps no text of its own, and its index can't be made again from the database"
                : "keeps no rows of its own any more";
        std::string answers;
        for (const SchemaColumn& one : older_.columns)
            answers += (answers.empty() ? "\"" : ", \"") + dotted(older_.name, one.name) + "\"";
        guard_rows("table " + older_.name + " " + why, "dropped_columns = [" + answers + "]",
                   "table " + older_.name + " has rows here, and this release empties it");
    }

    // Asks where the old database has rows, and stops where another one does.
    void guard_rows(const std::string& what, const std::string& answers, const std::string& refusal) {
        const std::int64_t rows =
            input_.database.integer("SELECT count(*) FROM " + counted_sql()).value_or(0);
        if (rows > 0)
            section_.open.push_back(what + ", with " + counted(rows, "row") +
                                    ". Say what becomes of them:\n" + answers);
        else
            section_.notes.push_back(what + "; it is empty in the old database.");
        section_.guards.push_back("SELECT require(NOT EXISTS (SELECT 1 FROM " + rows_sql() + "), " +
                                  quoted_text(refusal) + ");");
    }

    void guard_table() {
        if (is_decided(input_.decisions.dropped_tables, older_.name)) {
            section_.notes.push_back("table " + older_.name + " is gone: decided.");
            return;
        }
        const std::vector<std::string> left = what_nothing_takes();
        if (gives_rows_away()) {
            for (const std::string& column : left) guard_column_of_gone_table(column);
            return;
        }
        guard_rows("table " + older_.name + " is gone",
                   listing("dropped_tables", older_.name) + "\n" +
                       mapping("renamed_tables", older_.name, "…"),
                   "table " + older_.name + " has rows here, and this release drops it");
    }

    // Its columns moved, its names became text, or its rows joined another table.
    bool gives_rows_away() const {
        return std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
            if (!one.applied()) return false;
            if (one.kind == InferenceKind::lookup_to_text) return looked_up_here(one);
            return one.from.table == older_.name && (is_move(one) || one.kind == InferenceKind::merged_table);
        });
    }

    bool looked_up_here(const Inference& lookup) const {
        const SchemaForeignKey* key = input_.older.table(lookup.from.table)->reference(lookup.from.column);
        return key && ascii_lower(key->parent) == ascii_lower(older_.name);
    }

    // Without keys, references, and what every table keeps of its rows.
    std::vector<std::string> what_nothing_takes() const {
        std::vector<std::string> left;
        for (const SchemaColumn& column : older_.columns) {
            const bool passed_on = std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
                if (!one.applied()) return false;
                if (one.kind == InferenceKind::merged_table)
                    return one.from.table == older_.name &&
                           input_.newer.table(one.to.table)->column(column.name) != nullptr;
                if (one.kind == InferenceKind::lookup_to_text)
                    return looked_up_here(one) && one.label == column.name;
                return one.from == SchemaPlace{older_.name, column.name};
            });
            if (!passed_on && column.hidden == 0 && column.key_position == 0 &&
                !older_.reference(column.name) && rarity_.weight(ascii_lower(column.name)) > 0)
                left.push_back(column.name);
        }
        return left;
    }

    void guard_column_of_gone_table(const std::string& column) {
        const std::string name = dotted(older_.name, column);
        if (is_decided(input_.decisions.dropped_columns, name)) return;
        section_.guards.push_back(
            "SELECT require(NOT EXISTS (SELECT 1 FROM " + rows_sql() + " WHERE " + quoted_name(column) +
            " IS NOT NULL), " +
            quoted_text("column " + name + " holds values here, and this release drops it") + ");");
        const std::int64_t values =
            input_.database.integer("SELECT count(" + quoted_name(column) + ") FROM " + counted_sql())
                .value_or(0);
        if (values > 0)
            section_.open.push_back("column " + name + " is gone with its table, and has " +
                                    counted(values, "value") + ". Say what becomes of them:\n" +
                                    listing("dropped_columns", name));
    }

    const DraftInput& input_;
    TableSection& section_;
    const TableSchema& older_;
    ColumnRarity rarity_;
};

} // namespace

void guard_losses(const DraftInput& input, TableSection& section) {
    if (section.older) LossGuard(input, section).guard();
}

} // namespace lockstep
