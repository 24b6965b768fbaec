// What the release manager decided of a migration, for `lockstep draft --decisions FILE.toml`.
//
// Tables are named as "table", columns as "table.column", on the left as OLD.db has them, on the right as
// NEW.db does. What is decided is certain: no inference speaks against it.
#pragma once

#include "packaging/database_schema.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct Decisions {
    std::string file;
    std::map<std::string, std::string> renamed_tables;  // { req_req = "inv_req" }
    std::map<std::string, std::string> merged_tables;   // { north = "customer", south = "customer" }
    std::map<std::string, std::string> renamed_columns; // { "asset_log.datetime" = "asset_log.date" }
    std::map<std::string, std::string> moved_columns;   // { "person.initials" = "person_details.initials" }
    // { "supply_item.brand_id" = "supply_item.brand" }: a reference becomes the name it refers to
    std::map<std::string, std::string> lookups;
    std::map<std::string, std::string> labels; // { supply_brand = "name" }: the column that holds the name
    // { "person_details.person_id" = "person.id" }: which rows of two tables belong together
    std::map<std::string, std::string> keys;
    std::vector<std::string> dropped_tables;
    std::vector<std::string> dropped_columns;
    // By the new column, as SQL writes them: what stands where the old database has NULL, or no such column.
    std::map<std::string, std::string> defaults;
    // By the new column: an old value as text, and as SQL what becomes of it. Blocks [values."order.status"]
    std::map<std::string, std::map<std::string, std::string>> values;
    std::map<std::string, std::string> expressions; // by the new column: SQL over the old table's columns
};

// Throws Error (wrong_usage) that names the line: no TOML, an unknown key, a wrong type.
Decisions read_decisions(const std::string& file);
Decisions parse_decisions(std::string_view text, const std::string& file);

// Throws Error (wrong_usage) for the first decision of a table or column that isn't there.
void require_known_places(const Decisions& decisions, const DatabaseSchema& older,
                          const DatabaseSchema& newer);

// "table.column" as a place: the table's name is looked up, so that either may hold a dot. Both are empty
// where there is no such column.
SchemaPlace find_place(const DatabaseSchema& schema, std::string_view spelled);

} // namespace lockstep
