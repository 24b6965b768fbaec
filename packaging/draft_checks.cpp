#include "packaging/draft_account.h"
#include "packaging/draft_parts.h"
#include "packaging/draft_values.h"
#include "packaging/likeness.h"
#include "packaging/row_link.h"

#include <algorithm>

namespace lockstep {
namespace {

class CheckWriter {
  public:
    CheckWriter(const DraftInput& input, const DraftPlan& plan) : input_(input), plan_(plan) {}

    std::string write() {
        for (const TableSection& section : plan_.sections)
            if (section.older && section.newer && !section.newer->is_virtual()) check_section(section);
        for (const Inference& one : input_.pairing.inferences)
            if (one.applied() && is_move(one)) check_move(one);
        return sql_.empty() ? "" : "-- Each query must return no row; `before` is the backup.\n" + sql_;
    }

  private:
    void check_section(const TableSection& section) {
        for (const SchemaColumn& column : section.newer->columns) {
            if (const Inference* lookup = inference_to(input_.pairing, InferenceKind::lookup_to_text,
                                                       section.newer->name, column.name))
                check_lookup(section, *lookup);
            const std::string* before =
                input_.pairing.old_column(ascii_lower(section.older->name), ascii_lower(column.name));
            if (before) check_kept(section, *section.older->column(*before), column);
        }
    }

    // The old table's rows with the new ones of the same key; empty where the key isn't kept.
    std::string joined(const TableSection& section) const {
        std::string on;
        for (const std::string& part : section.older->key()) {
            const std::string* now =
                input_.pairing.new_column(ascii_lower(section.older->name), ascii_lower(part));
            if (!now) return "";
            on += (on.empty() ? "new." : " AND new.") + quoted_name(*now) + " = " + old_value(part);
        }
        if (on.empty() && keeps_rowids(*section.older, *section.newer)) on = "new.rowid = old.rowid";
        if (on.empty()) return "";
        return "before." + quoted_name(section.older->name) + " AS old LEFT JOIN main." +
               quoted_name(section.newer->name) + " AS new ON " + on;
    }

    static bool keeps_rowids(const TableSchema& older, const TableSchema& newer) {
        return older.key().empty() && !older.is_virtual() && newer.rowid_column().empty() &&
               !newer.kind.without_rowid && !older.column("rowid") && !newer.column("rowid");
    }

    static std::string key_of(const TableSchema& table) {
        std::string text;
        for (const std::string& part : key_of_old_row(table)) text += (text.empty() ? "" : ", ") + part;
        return text;
    }

    void add(const std::string& comment, const std::string& query) {
        sql_ += "\n-- " + comment + "\n" + query + ";\n";
    }

    void check_lookup(const TableSection& section, const Inference& lookup) {
        const std::string from = joined(section);
        if (from.empty()) return;
        if (decided_for(input_.decisions.expressions, lookup.to.table, lookup.to.column)) return;
        const SchemaForeignKey& key = *section.older->reference(lookup.from.column);
        std::string expected = "lookup." + quoted_name(lookup.label);
        if (const auto* value = decided_for(input_.decisions.defaults, lookup.to.table, lookup.to.column))
            expected = "coalesce(" + expected + ", " + *value + ")";
        add("A row of " + section.newer->name + " whose " + lookup.to.column +
                " is not the name it referred to.",
            "SELECT " + key_of(*section.older) + ", " + expected + " AS was, new." +
                quoted_name(lookup.to.column) + " AS is_now\nFROM " + from + " LEFT JOIN before." +
                quoted_name(key.parent) + " AS lookup ON lookup." + quoted_name(key.to.at(0)) + " = " +
                old_value(lookup.from.column) + "\nWHERE new." + quoted_name(lookup.to.column) + " IS NOT " +
                expected);
    }

    // A value of another type than before must still tell what it was: '5' is 5, and '05' isn't.
    void check_kept(const TableSection& section, const SchemaColumn& before, const SchemaColumn& column) {
        const std::string from = joined(section);
        if (from.empty() || decided_for(input_.decisions.expressions, section.newer->name, column.name))
            return;
        const auto* map = decided_for(input_.decisions.values, section.newer->name, column.name);
        const auto* fallback = decided_for(input_.decisions.defaults, section.newer->name, column.name);
        const bool reckoned = column.hidden != 0 && before.hidden == 0;
        if (!map && !fallback && !reckoned && affinity(before.type) == affinity(column.type)) return;
        const std::string was = old_value(before.name);
        const std::string is = "new." + quoted_name(column.name);
        std::string differs = "NOT " + gives_back(was, is, before);
        if (map)
            differs = is + " IS NOT " + mapped_value(was, *map, dotted(section.newer->name, column.name));
        if (fallback) {
            differs = "CASE WHEN " + was + " IS NULL THEN " + is + " IS NOT " + *fallback + " ELSE " +
                      differs + " END";
        }
        add("A row of " + section.newer->name + " with another " + column.name +
                " than the migration gives it.",
            "SELECT " + key_of(*section.older) + ", " + was + " AS was, " + is + " AS is_now\nFROM " + from +
                "\nWHERE " + differs);
    }

    void check_move(const Inference& move) {
        const TableSchema& from = *input_.older.table(move.from.table);
        const TableSchema& to = *input_.newer.table(move.to.table);
        const auto link = link_rows(input_.older, input_.newer, input_.pairing, input_.decisions, from, to);
        if (!link) return;
        std::string on;
        for (const auto& [now, before] : link->columns)
            on += (on.empty() ? "new." : " AND new.") + quoted_name(now) + " = " + old_value(before);
        const std::string was = old_value(move.from.column);
        const std::string is = "new." + quoted_name(move.to.column);
        const auto* map = decided_for(input_.decisions.values, to.name, move.to.column);
        add("A row of " + from.name + " whose " + move.from.column + " is not in " + to.name + ".",
            "SELECT " + key_of(from) + "\nFROM before." + quoted_name(from.name) + " AS old LEFT JOIN main." +
                quoted_name(to.name) + " AS new ON " + on + "\nWHERE " + was + " IS NOT NULL AND " +
                (map ? is + " IS NOT " + mapped_value(was, *map, dotted(move.to))
                     : "NOT " + gives_back(was, is, *from.column(move.from.column))));
    }

    const DraftInput& input_;
    const DraftPlan& plan_;
    std::string sql_;
};

} // namespace

std::string draft_checks(const DraftInput& input, const DraftPlan& plan) {
    return CheckWriter(input, plan).write();
}

} // namespace lockstep
