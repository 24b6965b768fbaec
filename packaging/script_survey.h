// Goes through a release's scripts on databases without a row, and says of each statement what SQLite says of
// it: which tables it takes from (the authorizer), which functions it runs and what else its program does
// (EXPLAIN: https://sqlite.org/opcode.html). Triggers, views and defaults that a statement runs count as its
// own.
#pragma once

#include "payload/error.h"
#include "payload/migration.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lockstep {

// (the connection's name for the database, table), both in lower case.
using NamedTables = std::set<std::pair<std::string, std::string>>;

struct SurveyedStatement {
    std::string place; // "1.1.0/all.sql line 12"
    std::string text;
    NamedTables written;
    NamedTables deleted_from; // by DELETE, or as REPLACE does
    NamedTables dropped;
    std::string renamed; // ALTER TABLE renamed … TO new_name, in lower case
    std::string new_name;
    std::set<std::string> functions; // that it runs, in lower case
    std::set<std::string> constants; // texts that stand in it, in lower case
    std::string gives_ids_to; // a table whose INTEGER PRIMARY KEY SQLite counts up, row by row of a loop
};

struct SurveyedScript {
    std::string name;
    std::string text;
};

struct ScriptSurvey {
    std::vector<SurveyedStatement> statements;
    std::optional<Error> refused; // the statement at which a script can't be read any further
    std::string refused_text;     // from there to the script's end
};

// `files`: databases of the old schema without a row; they get the new one. A statement that fails for want
// of rows is gone past. Throws Error where the files can't be used.
ScriptSurvey survey_scripts(const std::vector<DatabaseFile>& files, const Declarations& declarations,
                            const std::vector<SurveyedScript>& scripts);

} // namespace lockstep
