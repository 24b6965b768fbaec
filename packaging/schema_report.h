// A comparison as it is shown: for people on a terminal, as JSON, and as one page that opens offline.
#pragma once

#include "packaging/schema_comparison.h"

#include <map>
#include <string>

namespace lockstep {

std::string comparison_text(const SchemaComparison& comparison);
// {"same", "tables": [{"fate", "before", "after", "changes": [{"kind", "name", "before", "after"}]}],
//  "others": […], "inferences": [{"kind", "from", "to", "confidence", "applied", "reason"}]}
std::string comparison_json(const SchemaComparison& comparison);
// `older` and `newer`: the names of the files, for the title.
std::string comparison_html(const SchemaComparison& comparison, const std::string& older,
                            const std::string& newer);

// "changed: integer, was text"; what the text and the page both say.
std::string change_sentence(const SchemaChange& change);
std::string table_sentence(const TableDifference& table);

// Changes that stand in several tables alike are told once.
struct CommonChange {
    std::string sentence;
    std::vector<std::string> tables;
};
std::vector<CommonChange> common_changes(const SchemaComparison& comparison);
// The table's changes that are not common to several.
std::vector<std::string> own_changes(const TableDifference& table, const std::vector<CommonChange>& common);

// "1 table appeared, 2 changed, …"
std::string comparison_summary(const SchemaComparison& comparison);

} // namespace lockstep
