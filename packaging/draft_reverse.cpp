#include "packaging/draft_account.h"
#include "packaging/draft_parts.h"

#include <algorithm>

namespace lockstep {
namespace {

class Reverser {
  public:
    Reverser(const DraftInput& input, const DraftPlan& plan) : input_(input), plan_(plan) {}

    WayBack reverse() {
        for (const auto& [before, after] : input_.pairing.tables) back_.pairing.pair(after, before);
        for (const auto& [table, columns] : input_.pairing.columns)
            if (const std::string* now = input_.pairing.new_table(table))
                for (const auto& [before, after] : columns) back_.pairing.columns[*now][after] = before;
        for (const Inference& one : input_.pairing.inferences)
            if (one.applied()) reverse(one);
        for (const auto& [column, map] : input_.decisions.values) reverse_values(column, map);
        for (const auto& [column, sql] : input_.decisions.expressions)
            if (was_there(column))
                back_.reasons.push_back(column + " is reckoned, and nothing says how to reckon it back");
        for (const auto& [one, other] : input_.decisions.keys) back_.decisions.keys[other] = one;
        for (const TableSection& section : plan_.sections) look_for_losses(section);
        return std::move(back_);
    }

  private:
    bool was_there(const std::string& new_column) const {
        const SchemaPlace place = find_place(input_.newer, new_column);
        const std::string* table = input_.pairing.old_table(ascii_lower(place.table));
        return table && input_.pairing.old_column(*table, ascii_lower(place.column));
    }

    void reverse(const Inference& one) {
        Inference turned = one;
        std::swap(turned.from, turned.to);
        if (one.kind == InferenceKind::lookup_to_text)
            back_.reasons.push_back(dotted(one.to) + " keeps the names that " + dotted(one.from) +
                                    " referred to, not their numbers");
        else if (one.kind == InferenceKind::merged_table)
            back_.reasons.push_back("nothing says which rows of " + one.to.table + " were " + one.from.table +
                                    "'s");
        else
            back_.pairing.inferences.push_back(std::move(turned));
    }

    // The map must be one to one, and its values be found by their text.
    void reverse_values(const std::string& column, const std::map<std::string, std::string>& map) {
        const SchemaPlace now = find_place(input_.newer, column);
        const std::string* table = input_.pairing.old_table(ascii_lower(now.table));
        const std::string* before =
            table ? input_.pairing.old_column(*table, ascii_lower(now.column)) : nullptr;
        std::map<std::string, std::string> turned;
        for (const auto& [value, sql] : map) {
            const std::string text = sql.starts_with('\'') ? unquoted(tokens_of(sql).at(0)) : sql;
            turned[text] = quoted_text(value);
        }
        if (!before || turned.size() != map.size())
            back_.reasons.push_back("several values of " + column + " became the same one");
        else
            back_.decisions.values[dotted(*table, *before)] = std::move(turned);
    }

    void look_for_losses(const TableSection& section) {
        if (!section.older) return;
        const auto decided = [](const std::vector<std::string>& names, const std::string& name) {
            return std::ranges::any_of(
                names, [&](const std::string& one) { return ascii_lower(one) == ascii_lower(name); });
        };
        const std::string& table = section.older->name;
        if (decided(input_.decisions.dropped_tables, table))
            back_.reasons.push_back("the rows of " + table + " are dropped");
        for (const SchemaColumn& column : section.older->columns)
            if (decided(input_.decisions.dropped_columns, dotted(table, column.name)))
                back_.reasons.push_back("the values of " + dotted(table, column.name) + " are dropped");
        if (!section.newer) return;
        if (section.older->is_virtual() && !section.newer->is_virtual())
            back_.reasons.push_back("table " + table +
                                    " was a virtual one, where no record can be held to account");
        for (const auto& [column, value] : input_.decisions.defaults)
            if (find_place(input_.newer, column).table == section.newer->name && was_there(column))
                back_.reasons.push_back("nothing tells which values of " + column + " were NULL");
    }

    const DraftInput& input_;
    const DraftPlan& plan_;
    WayBack back_;
};

} // namespace

WayBack way_back(const DraftInput& input, const DraftPlan& plan) {
    return Reverser(input, plan).reverse();
}

} // namespace lockstep
