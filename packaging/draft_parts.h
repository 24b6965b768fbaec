// The parts that a section of a draft is made of.
#pragma once

#include "packaging/draft_plan.h"
#include "payload/sql_text.h"

#include <map>
#include <string>

namespace lockstep {

// An applied inference of this kind that ends in the new column; nullptr where there is none.
const Inference* inference_to(const Pairing& pairing, InferenceKind kind, const std::string& table,
                              const std::string& column);
// Whether it tells of a column that went to another table.
bool is_move(const Inference& inference);

// The columns that the table's own old row fills: kept, renamed, mapped, looked up, decided.
RowSource own_rows(const DraftInput& input, const std::set<std::string>& copies, TableSection& section);

// Adds to own rows what comes from other tables, and sources for the rows that aren't there yet.
void add_moved_columns(const DraftInput& input, const std::set<std::string>& copies, TableSection& section);
// Adds the rows of tables that were put together with this one.
void add_merged_rows(const DraftInput& input, const std::set<std::string>& copies, TableSection& section);

// What must not be lost when the old table is dropped.
void guard_losses(const DraftInput& input, TableSection& section);

// "old"."name"
std::string old_value(const std::string& column);
// Somebody's SQL, in which a name means one of these columns (their names, and SQL for each) whatever else
// the statement reads.
std::string expression_over(const std::string& expression,
                            const std::vector<std::pair<std::string, std::string>>& columns);
// SQL for what becomes of a value in this new column, by [values] and [defaults].
std::string decided_value(const DraftInput& input, const std::string& value, const SchemaPlace& column);
// SQL for what a decided map makes of a value; ends the migration at one that the map doesn't have.
std::string mapped_value(const std::string& value, const std::map<std::string, std::string>& map,
                         const std::string& column);

// Under any spelling of the column's name; nullptr where nothing is decided.
template <typename Value>
const Value* decided_for(const std::map<std::string, Value>& decisions, const std::string& table,
                         const std::string& column) {
    const std::string wanted = ascii_lower(dotted(table, column));
    for (const auto& [name, value] : decisions)
        if (ascii_lower(name) == wanted) return &value;
    return nullptr;
}

} // namespace lockstep
