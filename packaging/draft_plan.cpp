#include "packaging/draft_plan.h"

#include "packaging/draft_parts.h"
#include "packaging/table_order.h"
#include "packaging/virtual_tables.h"
#include "payload/declaration_text.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <map>

namespace lockstep {
namespace {

// Changes that need no new table: its indexes are made anew anyway.
bool needs_new_table(const TableDifference& table) {
    return table.fate == TableFate::changed &&
           (ascii_lower(table.before) != ascii_lower(table.after) ||
            std::ranges::any_of(table.changes, [](const SchemaChange& one) { return one.kind != "index"; }));
}

std::set<std::vector<std::string>> references_of(const TableSchema& table) {
    std::set<std::vector<std::string>> all;
    for (const SchemaForeignKey& key : table.foreign_keys) {
        std::vector<std::string> one{key.parent, ""};
        one.insert(one.end(), key.from.begin(), key.from.end());
        one.emplace_back();
        one.insert(one.end(), key.to.begin(), key.to.end());
        std::ranges::transform(one, one.begin(), ascii_lower);
        all.insert(std::move(one));
    }
    return all;
}

// The same table, but that something it refers to has another name now. Nothing changes that in a table that
// is there: the old name is dropped with the old table. A text that names no columns may stay.
bool refers_to_new_name(const TableSchema& older, const TableSchema& newer) {
    return references_of(older) != references_of(newer) &&
           normalised(tokens_of(older.sql)) != normalised(tokens_of(newer.sql));
}

class Planner {
  public:
    Planner(const DraftInput& input, const SchemaComparison& comparison)
        : input_(input), comparison_(comparison) {}

    DraftPlan plan() {
        collect();
        std::vector<std::string> order = in_order(names_, soft_order());
        order = in_order(order, must_precede());
        // Now and then tables exchange columns, and one of them must be read from a copy.
        const std::set<std::string> copies = read_too_late(order);
        if (!copies.empty()) {
            plan_.copies = copies;
            collect();
        }
        for (const std::string& name : order) plan_.sections.push_back(std::move(sections_.at(name)));
        collect_offers();
        return std::move(plan_);
    }

  private:
    // Sections by the new table's name, or ":" and the old one's where it is only dropped.
    void collect() {
        names_.clear();
        sections_.clear();
        for (const TableDifference& table : comparison_.tables)
            if (table.fate == TableFate::appeared || needs_new_table(table))
                add_new(table.before, table.after);
        for (const auto& [before, after] : input_.pairing.tables)
            if (!sections_.contains(after) &&
                (is_decided(after) || gets_rows(after) ||
                 refers_to_new_name(*input_.older.table(before), *input_.newer.table(after))))
                add_new(before, after);
        for (const TableDifference& table : comparison_.tables)
            if (table.fate == TableFate::disappeared) add_dropped(table.before);
    }

    // A table of the same schema whose values somebody changes.
    bool is_decided(const std::string& name) const {
        const TableSchema& table = *input_.newer.table(name);
        return std::ranges::any_of(table.columns, [&](const SchemaColumn& column) {
            return decided_for(input_.decisions.values, name, column.name) ||
                   decided_for(input_.decisions.expressions, name, column.name) ||
                   decided_for(input_.decisions.defaults, name, column.name);
        });
    }

    // A table of the same schema that takes another one's rows.
    bool gets_rows(const std::string& name) const {
        return std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
            return one.kind == InferenceKind::merged_table && one.applied() &&
                   ascii_lower(one.to.table) == name;
        });
    }

    void add_new(const std::string& before, const std::string& after) {
        TableSection section;
        section.newer = input_.newer.table(after);
        section.older = before.empty() ? nullptr : input_.older.table(before);
        if (keeps_rows(*section.newer)) {
            if (section.older && can_read_rows(*section.older))
                section.sources.push_back(own_rows(input_, plan_.copies, section));
            add_moved_columns(input_, plan_.copies, section);
            add_merged_rows(input_, plan_.copies, section);
        }
        guard_losses(input_, section);
        note_rename(section);
        add_section(ascii_lower(after), std::move(section));
    }

    void note_rename(TableSection& section) const {
        for (const Inference& one : input_.pairing.inferences) {
            const bool here = section.older && one.applied() && one.from.table == section.older->name &&
                              one.to.table == section.newer->name;
            if (here &&
                (one.kind == InferenceKind::renamed_table || one.kind == InferenceKind::renamed_column))
                section.notes.push_back(kind_sentence(one) + " (" + std::to_string(one.confidence) +
                                        "%: " + one.reason + ").");
        }
    }

    void add_dropped(const std::string& before) {
        TableSection section;
        section.older = input_.older.table(before);
        guard_losses(input_, section);
        add_section(":" + ascii_lower(before), std::move(section));
    }

    void add_section(const std::string& name, TableSection section) {
        names_.push_back(name);
        sections_[name] = std::move(section);
    }

    // What it refers to comes first.
    std::map<std::string, std::set<std::string>> soft_order() const { return referred_tables(input_.newer); }

    // The section that drops an old table; empty where none does.
    std::string section_dropping(const std::string& old_table) const {
        const std::string* now = input_.pairing.new_table(old_table);
        const std::string name = now ? *now : ":" + old_table;
        return sections_.contains(name) ? name : "";
    }

    // A section that reads an old table comes before the one that drops it.
    std::map<std::string, std::set<std::string>> must_precede() const {
        std::map<std::string, std::set<std::string>> before;
        for (const auto& [name, section] : sections_)
            for (const std::string& read : section.reads)
                if (const std::string dropping = section_dropping(read);
                    !dropping.empty() && dropping != name)
                    before[dropping].insert(name);
        return before;
    }

    std::set<std::string> read_too_late(const std::vector<std::string>& order) const {
        std::set<std::string> gone;
        std::set<std::string> late;
        for (const std::string& name : order) {
            const TableSection& section = sections_.at(name);
            for (const std::string& read : section.reads)
                if (gone.contains(read)) late.insert(read);
            if (section.older) gone.insert(ascii_lower(section.older->name));
        }
        return late;
    }

    void collect_offers() {
        for (const Inference& one : input_.pairing.inferences) {
            if (one.applied()) continue;
            const std::string accept = acceptance(one);
            plan_.offers.push_back(kind_sentence(one) + "? " + std::to_string(one.confidence) +
                                   "%: " + one.reason + (accept.empty() ? "" : "\n" + accept));
        }
    }

    static std::string acceptance(const Inference& one) {
        switch (one.kind) {
        case InferenceKind::renamed_table:
            return mapping("renamed_tables", one.from.table, one.to.table);
        case InferenceKind::renamed_column:
            return mapping("renamed_columns", dotted(one.from), dotted(one.to));
        case InferenceKind::lookup_to_text:
            return mapping("lookups", dotted(one.from), dotted(one.to));
        case InferenceKind::merged_table:
            return mapping("merged_tables", one.from.table, one.to.table);
        default:
            return is_move(one) ? mapping("moved_columns", dotted(one.from), dotted(one.to)) : "";
        }
    }

    const DraftInput& input_;
    const SchemaComparison& comparison_;
    std::vector<std::string> names_;
    std::map<std::string, TableSection> sections_;
    DraftPlan plan_;
};

} // namespace

std::string copy_name(const std::string& old_table) {
    return "copy of " + old_table;
}

std::string old_table_sql(const std::string& name, const std::set<std::string>& copies) {
    return copies.contains(ascii_lower(name)) ? "temp." + quoted_name(copy_name(ascii_lower(name)))
                                              : "main." + quoted_name(name);
}

DraftPlan plan_draft(const DraftInput& input, const SchemaComparison& comparison) {
    return Planner(input, comparison).plan();
}

} // namespace lockstep
