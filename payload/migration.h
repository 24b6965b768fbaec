// Runs migration scripts on trial copies, and keeps account of what they wrote.
#pragma once

#include "payload/manifest.h"
#include "payload/sqlite.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

// A database by the name the release gives it, and the file that stands for it here.
struct DatabaseFile {
    std::string name;
    std::string path;
};

// Which tables scripts wrote to, by what SQLite's authorizer saw; (database name, table), lower case. The
// first database goes by "main" as well as by its own name. Renaming a table or a column, or adding a column,
// writes no row; a table that was written to and renamed stands here by both names.
struct WrittenTables {
    bool everything = false; // a program ran, or a script wrote to sqlite_schema itself
    std::set<std::pair<std::string, std::string>> tables;
    bool contains(const std::string& database, const std::string& table) const;
};

struct ScriptTimes {
    double seconds = 0;
    std::int64_t rows = 0; // inserted, updated or deleted, also by triggers
    // Time of the statements that wrote a table or its indexes, by its name; "database.table" but for the
    // first one.
    std::map<std::string, double> table_seconds;
};

// Connected to the trial copies: the first is `main`, the others are attached under their names.
//
// The trial copies are disposable: no journal, no syncs (with Declarations::journal: a journal, no syncs).
// Foreign keys are off, and read back to be. Each database's journal mode, page size, encoding, auto_vacuum
// and application_id are the same after finish() as before; nothing is durable until the caller syncs the
// files.
class Migrator {
  public:
    // `cancelled` is asked now and then while SQL runs; true ends it with Code::cancelled.
    // SQLite's temporary files go to the process's SQLITE_TMPDIR.
    Migrator(std::vector<DatabaseFile> trial_copies, const Declarations& declarations,
             std::function<bool()> cancelled);
    ~Migrator();

    // Throws Error (migration_failed): subject is the script's name with the line of the failing statement,
    // cause is SQLite's message with the statement. Refused: ATTACH, DETACH; ROLLBACK, SAVEPOINT, OR ROLLBACK
    // and journal pragmas without Declarations::journal; a script that leaves a transaction open. PRAGMA
    // foreign_keys is ignored.
    ScriptTimes run_script(const std::string& name, const std::string& text);

    // A program of the release runs on the files itself: closes the connection before it, with the journal
    // modes put back, and opens it again after.
    void release_files();
    void reopen_files();

    const WrittenTables& written() const;
    Database& database();

    // Puts the journal modes back and closes. After it the files have no sidecar files.
    void finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// uuid5(namespace, name), sha256(x), regexp(pattern, text), require(condition, message): for scripts and
// checks. All deterministic but require(), which raises its message where the condition is not true (NULL is
// not true). NULL gives NULL. regexp finds the ECMAScript pattern anywhere in the text, by characters; no
// back-references. uuid5's namespace is a UUID, or dns, url, oid, x500 (RFC 4122).
void register_functions(Database& database);

// The script's statements that only this engine can run ("uuid5", …), for a script that is to run elsewhere.
std::set<std::string> engine_functions_in(const std::string& sql);

// `checks.sql`: queries that must return no row. Each row is a violation: "1.1.0/checks.sql line 3: id=7,
// name='x'". At most `limit` are kept for each query, with a last line that says how many more.
std::vector<std::string> run_checks(Database& database, const std::string& name, const std::string& sql,
                                    std::size_t limit = 20);

} // namespace lockstep
