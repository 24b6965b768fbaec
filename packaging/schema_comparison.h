// What differs between two schemas, object by object, once it is known what became of which (pairing.h).
//
// Compared is what the fingerprint covers (payload/schema.h): two databases without a difference here have
// the same fingerprint, but for the defaults that each installation has for itself.
#pragma once

#include "packaging/pairing.h"

#include <string>
#include <vector>

namespace lockstep {

// One fact of a table, index, trigger, view or of the database: appeared where `before` is empty,
// disappeared where `after` is.
struct SchemaChange {
    std::string kind; // column, primary key, unique, check, foreign key, index, trigger, view, …
    std::string name;
    std::string before;
    std::string after;
};

enum class TableFate { appeared, disappeared, changed };

struct TableDifference {
    TableFate fate = TableFate::changed;
    std::string before;                // its name in the old schema; empty: it appeared
    std::string after;                 // its name in the new schema; empty: it disappeared
    std::vector<SchemaChange> changes; // none for a table that was only renamed
};

struct SchemaComparison {
    std::vector<TableDifference>
        tables;                       // those that a foreign key refers to come first; none that is the same
    std::vector<SchemaChange> others; // views, their triggers, user_version, application_id
    std::vector<Inference> inferences;

    bool same() const { return tables.empty() && others.empty(); }
};

SchemaComparison compare_schemas(const DatabaseSchema& older, const DatabaseSchema& newer,
                                 const Pairing& pairing);

} // namespace lockstep
