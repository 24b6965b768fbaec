#include "payload/migration.h"
#include "payload/script.h"

#include <sqlite3.h>

namespace lockstep {
namespace {

// A check that could write would change what it is to judge.
void require_query(const ScriptReader& script, Code failure) {
    if (sqlite3_column_count(script.statement()) == 0 || !sqlite3_stmt_readonly(script.statement()))
        throw script.error(failure, "a check must be a query that changes nothing");
}

// A row as "id=7, name='x'".
std::string shown_row(const Statement& row) {
    std::string text;
    for (int column = 0; column < row.columns(); ++column)
        text += (column > 0 ? ", " : "") + row.name(column) + "=" + row.shown(column);
    return text;
}

// An error's code and cause are kept; its subject becomes the check's place in its file.
bool next_row(Statement& query, const ScriptReader& script) {
    try {
        return query.step();
    } catch (const Error& error) {
        throw script.error(error.code(), error.cause());
    }
}

void run_check(Statement query, const ScriptReader& script, std::size_t limit,
               std::vector<std::string>& violations) {
    std::size_t rows = 0;
    while (next_row(query, script))
        if (++rows <= limit) violations.push_back(script.place() + ": " + shown_row(query));
    if (rows > limit)
        violations.push_back(script.place() + ": and " + std::to_string(rows - limit) + " more");
}

} // namespace

std::vector<std::string> run_checks(Database& database, const std::string& name, const std::string& sql,
                                    std::size_t limit) {
    register_functions(database);
    std::vector<std::string> violations;
    ScriptReader script(database, name, sql);
    while (script.next()) {
        require_query(script, database.failure());
        run_check(database.prepare(script.text()), script, limit, violations);
    }
    return violations;
}

} // namespace lockstep
