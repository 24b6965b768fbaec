#include "payload/trial_pragmas.h"

namespace lockstep {
namespace {

std::string pragma(const std::string& schema, const std::string& text) {
    return "PRAGMA " + quoted_name(schema) + "." + text;
}

// Sets it and reads back what SQLite made of it. It doesn't say why it didn't: a file that could not be read,
// written or locked, and no fault of a script, which the rehearsal would have shown.
void set_mode(Database& database, const std::string& schema, const std::string& name,
              const std::string& value) {
    const std::string made = database.text(pragma(schema, name + "=" + value)).value_or("nothing");
    if (made != value)
        throw Error(Code::internal_error, "set " + name + " of", schema,
                    "SQLite kept it at " + made + " instead of " + value);
}

void require_same(const std::string& schema, const std::string& name, const std::string& before,
                  const std::string& after) {
    if (before != after)
        throw Error(Code::migration_failed, "finish the migration of", schema,
                    "its " + name + " was " + before + " and is " + after +
                        " now, which no script asked for");
}

} // namespace

HeaderSettings read_header(Database& database, const std::string& schema) {
    return {database.text(pragma(schema, "journal_mode")) == "wal",
            database.integer(pragma(schema, "page_size")).value_or(0),
            database.text(pragma(schema, "encoding")).value_or(""),
            database.integer(pragma(schema, "auto_vacuum")).value_or(0),
            database.integer(pragma(schema, "application_id")).value_or(0)};
}

void prepare_for_trial(Database& database, const std::string& schema, bool journal) {
    set_mode(database, schema, "journal_mode", "delete"); // leaves WAL, with its sidecar files
    set_mode(database, schema, "locking_mode", "exclusive");
    if (!journal) set_mode(database, schema, "journal_mode", "off");
    database.run(pragma(schema, "synchronous=OFF"));
}

void put_back_journal_mode(Database& database, const std::string& schema, const HeaderSettings& before) {
    set_mode(database, schema, "locking_mode", "normal");
    static_cast<void>(database.integer("SELECT count(*) FROM " + quoted_name(schema) + ".sqlite_schema"));
    set_mode(database, schema, "journal_mode", before.write_ahead_log ? "wal" : "delete");
}

void require_same_header(Database& database, const std::string& schema, const HeaderSettings& before,
                         const std::function<bool(const std::string& pragma)>& was_set) {
    const HeaderSettings after = read_header(database, schema);
    if (!was_set("page_size"))
        require_same(schema, "page size", std::to_string(before.page_size), std::to_string(after.page_size));
    if (!was_set("auto_vacuum"))
        require_same(schema, "auto_vacuum", std::to_string(before.auto_vacuum),
                     std::to_string(after.auto_vacuum));
    if (!was_set("encoding")) require_same(schema, "encoding", before.encoding, after.encoding);
    if (!was_set("application_id") && before.application_id != after.application_id)
        database.run(pragma(schema, "application_id=" + std::to_string(before.application_id)));
}

} // namespace lockstep
