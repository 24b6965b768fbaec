#include "packaging/followable_decisions.h"

#include "packaging/draft_parts.h"
#include "packaging/virtual_tables.h"

#include <algorithm>

namespace lockstep {
namespace {

class DecisionCheck {
  public:
    explicit DecisionCheck(const DraftInput& input) : input_(input), decisions_(input.decisions) {}

    void check() {
        check_tables();
        check_fates();
        for (const std::string& column : decisions_.dropped_columns) check_dropped_column(column);
        for (const auto& [column, map] : decisions_.values) {
            check_filled("values", column);
            if (!has_old_value(find_place(input_.newer, column)))
                refuse("values", column, "where no old value is handed on");
        }
        for (const auto& [column, sql] : decisions_.expressions) {
            check_filled("expressions", column);
            const SchemaPlace place = find_place(input_.newer, column);
            if (is_moved_to(place) || !gets_whole_rows(place.table))
                refuse("expressions", column, "which is filled from another table's columns, or from none");
        }
        for (const auto& [column, sql] : decisions_.defaults) check_filled("defaults", column);
    }

  private:
    [[noreturn]] void refuse(const std::string& key, const std::string& name, const std::string& why) const {
        throw Error(Code::wrong_usage, "follow the decisions in", decisions_.file,
                    key + " names " + name + ", " + why);
    }

    // Each old table and column goes one way, and each new one but a table of merged rows is one old one.
    void take(std::map<std::string, std::string>& taken, const std::string& place, const std::string& key,
              const std::string& name) const {
        const auto [other, fresh] = taken.emplace(ascii_lower(place), key);
        if (!fresh) refuse(key, name, "which " + other->second + " has decided already");
    }

    void check_tables() const {
        std::map<std::string, std::string> from;
        std::map<std::string, std::string> to;
        for (const auto& [before, after] : decisions_.renamed_tables) {
            take(from, before, "renamed_tables", before);
            take(to, after, "renamed_tables", after);
        }
        for (const auto& [before, after] : decisions_.merged_tables) {
            take(from, before, "merged_tables", before);
            if (input_.pairing.new_table(ascii_lower(before)))
                refuse("merged_tables", before, "which the new database still has");
        }
        for (const std::string& table : decisions_.dropped_tables) {
            take(from, table, "dropped_tables", table);
            if (input_.pairing.new_table(ascii_lower(table)))
                refuse("dropped_tables", table, "which the new database still has");
        }
    }

    void check_fates() const {
        std::map<std::string, std::string> from;
        std::map<std::string, std::string> to;
        const auto take_both = [&](const std::string& key, const std::map<std::string, std::string>& all) {
            for (const auto& [before, after] : all) {
                take(from, dotted(find_place(input_.older, before)), key, before);
                take(to, dotted(find_place(input_.newer, after)), key, after);
            }
        };
        take_both("renamed_columns", decisions_.renamed_columns);
        take_both("moved_columns", decisions_.moved_columns);
        take_both("lookups", decisions_.lookups);
        for (const std::string& column : decisions_.dropped_columns)
            take(from, dotted(find_place(input_.older, column)), "dropped_columns", column);
    }

    // Of a column that is reckoned now, or a full-text index without text, the old values may well go.
    void check_dropped_column(const std::string& name) const {
        const SchemaPlace before = find_place(input_.older, name);
        const std::string* now = input_.pairing.new_table(ascii_lower(before.table));
        if (!now) return;
        const TableSchema& newer = *input_.newer.table(*now);
        const SchemaColumn* column = newer.column(before.column);
        if (column && column->hidden == 0 && !is_given(dotted(newer.name, column->name)) &&
            !loses_rows(*input_.older.table(before.table), newer))
            refuse("dropped_columns", name,
                   "which the new database still has; expressions can say what it is to hold");
    }

    // Another old column has the name now, by decision.
    bool is_given(const std::string& new_column) const {
        const auto gives = [&](const auto& entry) {
            return ascii_lower(entry.second) == ascii_lower(new_column);
        };
        return std::ranges::any_of(decisions_.renamed_columns, gives) ||
               std::ranges::any_of(decisions_.moved_columns, gives) ||
               std::ranges::any_of(decisions_.lookups, gives);
    }

    void check_filled(const std::string& key, const std::string& name) const {
        const SchemaPlace place = find_place(input_.newer, name);
        const TableSchema& table = *input_.newer.table(place.table);
        if (table.column(place.column)->hidden != 0)
            refuse(key, name, "which SQLite reckons by its own expression");
        if (!keeps_rows(table)) refuse(key, name, "whose table keeps no rows of its own");
        const bool gets_columns = std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
            return one.applied() && is_move(one) && one.to.table == place.table;
        });
        if (!gets_columns && !gets_whole_rows(place.table))
            refuse(key, name, "whose table is new and gets no rows from an old one");
    }

    bool gets_whole_rows(const std::string& table) const {
        return input_.pairing.old_table(ascii_lower(table)) || !merged_into(table).empty();
    }

    std::vector<const TableSchema*> merged_into(const std::string& table) const {
        std::vector<const TableSchema*> merged;
        for (const Inference& one : input_.pairing.inferences)
            if (one.applied() && one.kind == InferenceKind::merged_table && one.to.table == table)
                merged.push_back(input_.older.table(one.from.table));
        return merged;
    }

    bool is_moved_to(const SchemaPlace& place) const {
        return std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
            return one.applied() && is_move(one) && one.to == place;
        });
    }

    bool has_old_value(const SchemaPlace& place) const {
        const std::string* before = input_.pairing.old_table(ascii_lower(place.table));
        if (before && input_.pairing.old_column(*before, ascii_lower(place.column))) return true;
        const std::vector<const TableSchema*> merged = merged_into(place.table);
        return is_moved_to(place) || std::ranges::any_of(merged, [&](const TableSchema* table) {
                   return table->column(place.column) != nullptr;
               });
    }

    const DraftInput& input_;
    const Decisions& decisions_;
};

} // namespace

void require_followable(const DraftInput& input) {
    DecisionCheck(input).check();
}

} // namespace lockstep
