// What a release probably did to its schema where no name says so: each with a confidence and its reason.
#pragma once

#include "packaging/database_schema.h"

#include <string>

namespace lockstep {

enum class InferenceKind {
    renamed_table,
    renamed_column,
    moved_column,   // to another table, whose rows belong to this one's by a foreign key or a common key
    lookup_to_text, // a reference to a table of names becomes the name itself
    changed_type,
    table_split,   // columns moved to a table that is new
    merged_column, // columns moved from a table that is gone
    merged_table,  // the rows of a table that is gone join those of another one
    random_default // each installation has another default: mask_defaults
};

constexpr int certain = 100;       // percent: somebody decided it
constexpr int confident = 75;      // percent: from here on a draft does it unasked
constexpr int worth_offering = 50; // percent: below it, an inference is not mentioned

struct Inference {
    InferenceKind kind = InferenceKind::renamed_table;
    SchemaPlace from;
    SchemaPlace to;
    int confidence = 0; // percent
    std::string reason;
    std::string label; // lookup_to_text: the column that holds the name

    bool applied() const { return confidence >= confident; }
};

// "renamed-table": for --json, and the word for people.
std::string kind_name(InferenceKind kind);
std::string kind_sentence(const Inference& inference); // "table req_req is now inv_req"

} // namespace lockstep
