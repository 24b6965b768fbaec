#include "packaging/inference.h"

namespace lockstep {

std::string kind_name(InferenceKind kind) {
    switch (kind) {
    case InferenceKind::renamed_table:
        return "renamed-table";
    case InferenceKind::renamed_column:
        return "renamed-column";
    case InferenceKind::moved_column:
        return "moved-column";
    case InferenceKind::lookup_to_text:
        return "lookup-to-text";
    case InferenceKind::changed_type:
        return "changed-type";
    case InferenceKind::table_split:
        return "table-split";
    case InferenceKind::merged_column:
        return "merged-column";
    case InferenceKind::merged_table:
        return "merged-table";
    case InferenceKind::random_default:
        return "random-default";
    }
    return "";
}

std::string kind_sentence(const Inference& inference) {
    const std::string from = dotted(inference.from);
    const std::string to = dotted(inference.to);
    switch (inference.kind) {
    case InferenceKind::renamed_table:
        return "table " + from + " is now " + to;
    case InferenceKind::renamed_column:
        return "column " + from + " is now " + to;
    case InferenceKind::moved_column:
        return "column " + from + " moved to " + to;
    case InferenceKind::lookup_to_text:
        return "reference " + from + " became the text " + to;
    case InferenceKind::changed_type:
        return "column " + to + " has another type";
    case InferenceKind::table_split:
        return "column " + from + " moved to " + to + ", in a table split off";
    case InferenceKind::merged_column:
        return "column " + from + " moved to " + to + ", from a table that is gone";
    case InferenceKind::merged_table:
        return "the rows of table " + from + " joined " + to;
    case InferenceKind::random_default:
        return "each installation has its own default for " + to;
    }
    return "";
}

} // namespace lockstep
