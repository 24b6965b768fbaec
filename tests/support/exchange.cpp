#include "tests/support/exchange.h"

#include "tests/support/workshop.h"

#include <filesystem>

namespace lockstep {
namespace {

const char* const release_text = R"(product = "exchange"
version = "2.0.0"
code = "app-2"
migrations = "migrations"
renamed_tables = { "config.setting" = "main.setting" }
dropped_columns = ["note.call_id"]

[[previous]]
version = "1.0.0"
code = "app-1"
samples = { main = ["calls.db"], config = ["config.db"] }

[[database]]
name = "main"
path = "data/calls.db"

[[database]]
name = "config"
path = "data/config.db"
retired = "2.0.0"
)";

const char* const new_columns =
    "(key TEXT PRIMARY KEY NOT NULL, id INTEGER NOT NULL UNIQUE, caller TEXT NOT NULL, "
    "callee TEXT NOT NULL, begun TEXT NOT NULL, seconds INTEGER NOT NULL)";

// Whoever prepared nothing has all of it made by the preparation that comes first in the update, too.
std::string migration() {
    return "CREATE TABLE call_new" + std::string(new_columns) + R"(;
INSERT INTO call_new SELECT * FROM prepared.call;
CREATE TABLE note_new(id INTEGER PRIMARY KEY, call_key TEXT NOT NULL REFERENCES call(key), text TEXT NOT NULL);
INSERT INTO note_new SELECT note.id, key, text FROM note JOIN prepared.call AS prepared ON prepared.id = call_id;
DROP TABLE note;
DROP TABLE main.call;
ALTER TABLE call_new RENAME TO call;
ALTER TABLE note_new RENAME TO note;
CREATE INDEX call_begun ON call(begun);

CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT);
INSERT INTO main.setting SELECT name, value FROM config.setting;
)";
}

const char* const schema = "CREATE TABLE call(id INTEGER PRIMARY KEY, caller TEXT NOT NULL, callee TEXT NOT "
                           "NULL, begun TEXT NOT NULL,"
                           " seconds INTEGER NOT NULL); CREATE INDEX call_begun ON call(begun);"
                           "CREATE TABLE note(id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL REFERENCES "
                           "call(id), text TEXT NOT NULL);";

std::string calls(std::int64_t count) {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
           std::to_string(count) +
           ") INSERT INTO call SELECT i, '+45 ' || (i * 7919 % 100000), 'sip:ünï' || (i % 977) || "
           "'@example.org',"
           " datetime(1700000000 + i, 'unixepoch'), i % 3600 FROM n;"
           "INSERT INTO note(call_id, text) SELECT id, 'Nr. ' || id FROM call WHERE id % 100 = 0;";
}

const char* const settings =
    "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT);"
    "INSERT INTO setting VALUES('operator', 'Zoë'), ('language', 'da'), ('none', NULL);";

void make_databases(const std::string& calls_file, const std::string& config_file, std::int64_t count) {
    sqlite(calls_file, std::string("PRAGMA journal_mode=WAL;") + schema + calls(count));
    sqlite(config_file, settings);
}

} // namespace

// The calls with their keys, as far as they are there already and still are the same. In steps of their own,
// so that nobody who writes waits long.
std::string exchange_preparation() {
    std::string sql =
        "CREATE TABLE IF NOT EXISTS prepared.call" + std::string(new_columns) + ";\n" +
        "DELETE FROM prepared.call AS new WHERE NOT EXISTS (SELECT * FROM main.call AS old WHERE "
        "(old.id, old.caller, old.callee, old.begun, old.seconds) = "
        "(new.id, new.caller, new.callee, new.begun, new.seconds));\n";
    for (int part = 0; part < 10; ++part)
        sql +=
            "INSERT INTO prepared.call SELECT lower(hex(randomblob(16))), id, caller, callee, begun, seconds "
            "FROM main.call WHERE abs(id % 10) = " +
            std::to_string(part) + " AND id NOT IN (SELECT id FROM prepared.call);\n";
    return sql;
}

void write_exchange_release(const std::string& folder, std::int64_t calls) {
    write_file(folder + "/app-1/exchange.txt", "1\n");
    write_file(folder + "/app-2/exchange.txt", "2\n");
    write_file(folder + "/migrations/2.0.0/prepare.sql", exchange_preparation());
    write_file(folder + "/migrations/2.0.0/all.sql", migration());
    write_file(folder + "/release.toml", release_text);
    make_databases(folder + "/calls.db", folder + "/config.db", calls);
}

void install_exchange(const std::string& folder, const std::string& root, std::int64_t calls) {
    std::filesystem::copy(folder + "/app-1", root, std::filesystem::copy_options::recursive);
    std::filesystem::create_directories(root + "/data");
    make_databases(root + "/data/calls.db", root + "/data/config.db", calls);
}

} // namespace lockstep
