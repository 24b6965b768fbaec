// The structural fingerprint of a database's schema: equal for one schema however it came to be.
//
// It covers, for every table that isn't ignored: columns with type, NOT NULL, default, collation,
// hidden/generated with its expression; keys, UNIQUE, indexes (partial and expression ones with their text),
// foreign keys (with actions and DEFERRABLE), CHECKs, AUTOINCREMENT, STRICT, WITHOUT ROWID; virtual tables'
// USING clause; triggers and views by their text. Not counted: order of columns, white space, comments,
// quoting and case of names, sqlite_stat* tables, sqlite_sequence, shadow tables of virtual tables, names of
// automatic indexes, a masked default's value.
#pragma once

#include "payload/manifest.h"
#include "payload/sqlite.h"

#include <string>
#include <vector>

namespace lockstep {

struct SchemaOptions {
    std::vector<std::string>
        mask_defaults; // "table.column" with * for any: that column's default isn't compared
    std::vector<std::string> ignore_tables; // names, with * for any
};

// `schema` is the connection's name for the database: "main" or an attached one.
Fingerprint fingerprint_of(Database& database, const std::string& schema, const SchemaOptions& options);

// What differs, one sentence each, sorted: "table patient is not as released", "index x is missing",
// "trigger y is not part of the release".
std::vector<std::string> schema_differences(const Fingerprint& expected, const Fingerprint& found);

// Throws Error (migration_failed) naming the object, where the schema needs a collation, function or module
// that this engine lacks: an application may register its own, and nothing fails until the first write.
void require_engine_support(Database& database, const std::string& schema);

} // namespace lockstep
