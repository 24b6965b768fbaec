#include "payload/preparation.h"

#include "payload/script.h"
#include "payload/script_authorizer.h"
#include "payload/sqlite.h"

#include <sqlite3.h>

namespace lockstep {
namespace {

constexpr int patience = 60'000; // milliseconds: the application's own transactions go first

Database opened(const std::vector<DatabaseFile>& live, const std::string& prepared) {
    Database database(live.at(0).path, OpenMode::read_only, Code::migration_failed);
    sqlite3_busy_timeout(database.handle(), patience);
    for (std::size_t i = 1; i < live.size(); ++i)
        database.attach(live[i].path, live[i].name, OpenMode::read_only);
    database.attach(prepared, std::string(prepared_database), OpenMode::read_write);
    register_functions(database);
    return database;
}

Error explained(const Error& error, const ScriptAuthorizer& authorizer, const ScriptReader& script,
                Database& database) {
    if (!authorizer.refusal().empty()) return script.error(Code::migration_failed, authorizer.refusal());
    if ((sqlite3_errcode(database.handle()) & 0xff) == SQLITE_READONLY)
        return script.error(Code::migration_failed,
                            "before the update, live databases are only read, and prepared is written to");
    return error;
}

} // namespace

std::int64_t run_preparation(const std::vector<DatabaseFile>& live, const std::string& prepared,
                             const std::string& name, const std::string& text,
                             const std::function<void()>& ask) {
    ScriptAuthorizer authorizer(live.at(0).name, false);
    Database database = opened(live, prepared);
    const sqlite3_int64 begin = sqlite3_total_changes64(database.handle());
    authorizer.watch(database);
    ScriptReader script(database, name, text);
    while (true) {
        ask();
        try {
            authorizer.begin_statement();
            if (!script.next()) break;
            authorizer.begin_running(script.text());
            while (script.step()) {
            }
        } catch (const Error& error) {
            throw explained(error, authorizer, script, database);
        }
        if (sqlite3_get_autocommit(database.handle()) == 0)
            throw script.error(Code::migration_failed,
                               "it begins a transaction, which would keep the application waiting");
    }
    return sqlite3_total_changes64(database.handle()) - begin;
}

} // namespace lockstep
