#include "packaging/compared_databases.h"

namespace lockstep {
namespace {

// SQLite calls an empty file a database; nobody means it.
void require_database(const std::string& file) {
    Database database(file, OpenMode::read_only, Code::wrong_usage);
    if (database.integer("PRAGMA page_count").value_or(0) == 0)
        throw Error(Code::wrong_usage, "compare", file, "the file is empty");
    if (database.integer("SELECT count(*) FROM sqlite_schema").value_or(0) < 0) return;
}

} // namespace

ComparedDatabases open_compared(const std::string& older, const std::string& newer) try {
    for (const std::string& file : {older, newer}) {
        try {
            require_database(file);
        } catch (Error& error) {
            throw with_code(error.during("reading " + file), Code::wrong_usage);
        }
    }
    Database database(older, OpenMode::read_only, Code::wrong_usage);
    database.attach(newer, "newer", OpenMode::read_only);
    DatabaseSchema old_schema = read_database_schema(database, "main");
    DatabaseSchema new_schema = read_database_schema(database, "newer");
    return {std::move(database), std::move(old_schema), std::move(new_schema)};
} catch (const Error& error) {
    throw with_code(error, Code::wrong_usage);
}

} // namespace lockstep
