// What a drafted migration does, table by table, before it is written as SQL.
#pragma once

#include "packaging/pairing.h"
#include "packaging/schema_comparison.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

// What is drafted from: both schemas, what became of what, and what somebody decided.
struct DraftInput {
    Database& database; // has both, as older.schema and newer.schema name them
    const DatabaseSchema& older;
    const DatabaseSchema& newer;
    const Pairing& pairing;
    const Decisions& decisions;
    bool way_back = false; // what only the newer schema has may go: the engine counts what was written there
};

// One INSERT INTO the new table: the columns it fills, each with SQL over the row "old".
struct RowSource {
    std::string note;
    std::vector<std::pair<std::string, std::string>> fills;
    std::string from; // after FROM
    std::string where;
};

struct TableSection {
    const TableSchema* older = nullptr; // dropped at the section's end; nullptr: the table appeared
    const TableSchema* newer = nullptr; // nullptr: the table is only dropped
    std::vector<RowSource> sources;
    std::set<std::string> reads;     // old tables, in lower case
    std::set<std::string> merged;    // those of them whose rows join this table under their own keys
    std::vector<std::string> notes;  // for people
    std::vector<std::string> open;   // what a person must decide
    std::vector<std::string> guards; // statements that end the migration where something would be lost
};

struct DraftPlan {
    std::vector<TableSection> sections; // in the order in which they can run
    // Old tables that are dropped before a section which reads them, because tables exchange columns: the
    // script begins with a copy of each.
    std::set<std::string> copies;
    std::vector<std::string> open; // what a person must decide of the indexes, views and triggers at the end
    std::vector<std::string> offers; // inferences that were not confident enough, and how to accept them
};

DraftPlan plan_draft(const DraftInput& input, const SchemaComparison& comparison);

// An old table in the script's SQL: itself, or its copy.
std::string old_table_sql(const std::string& name, const std::set<std::string>& copies);
std::string copy_name(const std::string& old_table);

} // namespace lockstep
