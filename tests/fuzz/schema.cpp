// The schema fingerprint, of a database made by any SQL: the same each time, and of one database that is
// equal.
#include "payload/schema.h"
#include "tests/fuzz/fuzz.h"

#include <sqlite3.h>

namespace {

constexpr int work_limit = 100'000; // SQLite's virtual machine instructions

// Nothing outside the database in memory: https://sqlite.org/c3ref/c_alter_table.html
int allow(void*, int action, const char*, const char*, const char*, const char*) {
    const bool reaches_out = action == SQLITE_ATTACH || action == SQLITE_DETACH || action == SQLITE_PRAGMA;
    return reaches_out ? SQLITE_DENY : SQLITE_OK;
}

int stop(void* left) {
    return --*static_cast<int*>(left) < 0 ? 1 : 0;
}

} // namespace

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string sql = text_from(data, size);
    Database database(":memory:", OpenMode::create);
    sqlite3_limit(database.handle(), SQLITE_LIMIT_LENGTH, 1 << 20);
    int left = work_limit;
    sqlite3_progress_handler(database.handle(), 1, &stop, &left);
    sqlite3_set_authorizer(database.handle(), &allow, nullptr);
    accepted([&] { database.run(sql); });
    sqlite3_progress_handler(database.handle(), 0, nullptr, nullptr);
    sqlite3_set_authorizer(database.handle(), nullptr, nullptr);
    const SchemaOptions options{{"*.uuid"}, {"web_*"}};
    accepted([&] {
        const Fingerprint fingerprint = fingerprint_of(database, "main", options);
        require(fingerprint_of(database, "main", options) == fingerprint);
        require(schema_differences(fingerprint, fingerprint).empty());
    });
    accepted([&] { require_engine_support(database, "main"); });
    return 0;
}
