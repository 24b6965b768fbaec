// What a migration script may do, and what it wrote: SQLite's authorizer, while a script runs.
//
// It is asked when SQL is prepared: for the script's own statements, and, while one runs, for SQL that SQLite
// and its virtual tables run within (VACUUM attaches a file, FTS sets savepoints), which is allowed.
#pragma once

#include "payload/migration.h"
#include "payload/sql_text.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

class ScriptAuthorizer {
  public:
    // `first_name` is the release's name for what the connection calls main.
    ScriptAuthorizer(const std::string& first_name, bool journal);

    // Between the two, the connection's SQL is watched. The authorizer must outlive watching.
    void watch(Database& database);
    void unwatch(Database& database);

    // Before each statement; it forgets the touched tables and the refusal.
    void begin_statement();
    // The statement is prepared: what comes now is asked for within it. `text` is the statement.
    void begin_running(std::string_view text);

    const std::string& refusal() const {
        return refusal_;
    } // why the statement was refused; empty where it wasn't
    const std::set<std::string>& touched() const { return touched_; } // "table" or "database.table"
    WrittenTables& written() { return written_; }
    // Whether a script set this PRAGMA of this database, by the connection's name for it.
    bool was_set(const std::string& schema, const std::string& pragma) const;

    // SQLite's question: https://sqlite.org/c3ref/c_alter_table.html names its parts. Answers with SQLITE_OK,
    // SQLITE_DENY or SQLITE_IGNORE.
    int answer(int action, const char* first, const char* second, const char* schema);

  private:
    int refuse(const std::string& why);
    int answer_pragma(const std::string& pragma, const char* value, const std::string& schema);
    int answer_attach(const char* file);
    void note_write(const std::string& schema, const std::string& table);
    void note_touch(const std::string& schema, const std::string& table);
    void note_altered(const std::string& schema, const std::string& table);
    void note_alteration(const std::vector<SqlToken>& tokens);

    std::string first_name_;
    bool journal_;
    bool running_ = false;
    bool wrote_schema_ = false;                   // as the statement's own write or for CREATE and the like
    std::pair<std::string, std::string> altered_; // the schema and the table of an ALTER TABLE
    std::string refusal_;
    std::set<std::string> touched_;
    std::set<std::pair<std::string, std::string>> set_pragmas_;
    WrittenTables written_;
};

} // namespace lockstep
