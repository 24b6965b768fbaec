#include "packaging/draft_account.h"
#include "packaging/draft_parts.h"
#include "packaging/likeness.h"
#include "packaging/virtual_tables.h"
#include "payload/declaration_text.h"
#include "payload/loss_ledger.h"

#include <algorithm>

namespace lockstep {
namespace {

class DeclarationWriter {
  public:
    DeclarationWriter(const DraftInput& input, const DraftPlan& plan) : input_(input), plan_(plan) {}

    std::string write() {
        for (const Inference& one : input_.pairing.inferences)
            if (one.applied()) declare(one);
        for (const TableSection& section : plan_.sections)
            if (section.older) declare_section(section);
        return paste_ready(found_) + masked_defaults();
    }

  private:
    void add(const std::string& declaration) { found_.push_back({"", "", "", "", declaration, 0}); }

    void declare(const Inference& one) {
        switch (one.kind) {
        case InferenceKind::renamed_table:
        case InferenceKind::merged_table:
            return add(mapping("renamed_tables", one.from.table, one.to.table));
        case InferenceKind::renamed_column:
        case InferenceKind::moved_column:
        case InferenceKind::table_split:
            return add(mapping("moved_columns", dotted(one.from), dotted(one.to)));
        default:
            return; // told of the table or the column itself
        }
    }

    void declare_section(const TableSection& section) {
        const TableSchema& older = *section.older;
        if (!section.newer) {
            const bool merged = std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
                return one.applied() && one.kind == InferenceKind::merged_table &&
                       one.from.table == older.name;
            });
            if (!merged) add(listing("dropped_tables", older.name));
            declare_merged_columns(older);
            return;
        }
        if (loses_rows(older, *section.newer)) add(mapping("max_shrink", older.name, "100%"));
        if (older.is_virtual() && !section.newer->is_virtual()) declare_shadow_tables(older);
        for (const SchemaColumn& column : older.columns)
            if (column.hidden == 0) declare_column(section, column);
    }

    // SQLite takes them for tables of their own once an ordinary table has the virtual one's name.
    void declare_shadow_tables(const TableSchema& older) {
        for (const std::string& name : input_.database.texts(
                 "SELECT name FROM pragma_table_list WHERE type = 'shadow' AND schema = " +
                 quoted_text(input_.older.schema) + " AND substr(lower(name), 1, " +
                 std::to_string(older.name.size() + 1) + ") = " + quoted_text(ascii_lower(older.name) + "_")))
            add(listing("dropped_tables", name));
    }

    // A table that is gone may have given columns to another.
    void declare_merged_columns(const TableSchema& older) {
        for (const Inference& one : input_.pairing.inferences)
            if (one.applied() && one.kind == InferenceKind::merged_column && one.from.table == older.name)
                add(mapping("moved_columns", dotted(one.from), dotted(one.to)));
    }

    void declare_column(const TableSection& section, const SchemaColumn& column) {
        const std::string name = dotted(section.older->name, column.name);
        const std::string* now =
            input_.pairing.new_column(ascii_lower(section.older->name), ascii_lower(column.name));
        if (!now) {
            const bool moved = std::ranges::any_of(input_.pairing.inferences, [&](const Inference& one) {
                return one.applied() && is_move(one) &&
                       one.from == SchemaPlace{section.older->name, column.name};
            });
            const bool stays = section.newer->column(column.name) != nullptr; // with other values
            if (!moved) add(listing(stays ? "changed_columns" : "dropped_columns", name));
            return;
        }
        const SchemaColumn& newer = *section.newer->column(*now);
        const bool decided = decided_for(input_.decisions.values, section.newer->name, newer.name) ||
                             decided_for(input_.decisions.expressions, section.newer->name, newer.name) ||
                             decided_for(input_.decisions.defaults, section.newer->name, newer.name);
        if (decided || affinity(column.type) != affinity(newer.type)) add(listing("changed_columns", name));
    }

    std::string masked_defaults() const {
        std::map<std::string, std::vector<std::string>> by_column;
        for (const Inference& one : input_.pairing.inferences)
            if (one.kind == InferenceKind::random_default && one.applied())
                by_column[one.to.column].push_back(dotted(one.to));
        std::string names;
        for (const auto& [column, places] : by_column)
            names += (names.empty() ? "\"" : ", \"") + (places.size() > 1 ? "*." + column : places[0]) + "\"";
        return names.empty() ? "" : "# under [[database]]: mask_defaults = [" + names + "]\n";
    }

    const DraftInput& input_;
    const DraftPlan& plan_;
    std::vector<Violation> found_;
};

} // namespace

std::string draft_declarations(const DraftInput& input, const DraftPlan& plan) {
    return DeclarationWriter(input, plan).write();
}

} // namespace lockstep
