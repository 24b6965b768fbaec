// The loss ledger: the account of every table and column of the old database. Each is kept, renamed, moved,
// changed or dropped by the release's word (Declarations); anything else is a violation.
//
// Rows are matched by the table's key (primary key, else a UNIQUE index whose columns are all NOT NULL;
// columns that were renamed are followed; a column moved to another table is matched through that table's
// foreign key to the old one, or through the same key columns). For each old row: it is still there, unless
// max_shrink allows it to be gone; and each column that isn't declared changed has the same value of the same
// type. Where there is no usable key (none, or it is declared changed), each column keeps its count of
// non-NULL values and the order-free digest of them. New rows and new columns are no loss. Virtual tables are
// held to account like others, by their rowid; of one whose content is elsewhere the rows are counted; shadow
// tables aren't looked at. Tables that nothing wrote to aren't read.
#pragma once

#include "payload/manifest.h"
#include "payload/migration.h"
#include "payload/sqlite.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

struct Violation {
    std::string database;
    std::string table;
    std::string column;      // empty: the whole table
    std::string message;     // for people, with counts and up to three sample keys, no other row contents
    std::string declaration; // what would allow it, ready to paste: `changed_columns = ["patient.status"]`
    std::int64_t rows = 0;   // how many are affected
};

// What the release's word let go, where anything did: for people, who are told so.
struct AllowedLoss {
    enum class What { rows, table, column };
    What what = What::rows;
    std::string place;      // "table" or "table.column", with the database's name where there are several
    std::int64_t count = 0; // rows that are gone, or were in the table; values that aren't NULL
};

// `database` has the trial copies as main and attached under their names (names[0] is main), and their
// backups attached as before (for main) and before_<name>: none for a database that is new. A backup of a
// database that isn't among `names` is one that goes: what it held has to be dropped, renamed or moved by the
// release's word. `allowed`: gets what was let go by max_shrink, dropped_tables and dropped_columns.
std::vector<Violation> loss_violations(Database& database, const std::vector<std::string>& names,
                                       const Declarations& declarations, const WrittenTables& written,
                                       std::vector<AllowedLoss>* allowed = nullptr);

// The declarations for the way back: renames and moves inverted, changed columns under their old and new
// names; tables and columns that only the newer schema has may go.
Declarations reverse_declarations(const Declarations& forward, Database& newer_and_older,
                                  const std::vector<std::string>& names);

// Attaches each backup beside the trial copies, for loss_violations and checks: immutable, so that no sidecar
// grows. `main`: the name of the connection's first database.
void attach_before(Database& database, const std::vector<DatabaseFile>& backups, const std::string& main);
// "before" for the connection's first database, else "before_<name>".
std::string before_schema(const std::string& name, const std::string& main);

// How two databases of one schema differ, per table: rows only in `newer`, rows only in `older`, rows
// changed. Of a table that only one of them has, all rows are added, or removed.
struct TableChange {
    std::string database;
    std::string table;
    std::int64_t added = 0;
    std::int64_t removed = 0;
    std::int64_t changed = 0;
};
// `database` is set up as for loss_violations: main is the newer, before the older. Only tables that differ.
std::vector<TableChange> table_changes(Database& database, const std::vector<std::string>& names);

// `[table, …]` ready to paste: the violations' declarations, merged by key, sorted. Each key that one of them
// has holds what is declared already as well, so that the line takes the place of the release's own.
std::string paste_ready(const std::vector<Violation>& violations, const Declarations& declared = {});

} // namespace lockstep
