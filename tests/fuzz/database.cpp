// The schema fingerprint, of a file that may be no database.
#include "payload/schema.h"
#include "tests/fuzz/fuzz.h"

#include <cstring>
#include <sqlite3.h>

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Database database(":memory:", OpenMode::create);
    auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(size + 1)); // SQLite's own from here on
    if (!copy) return 0;
    std::memcpy(copy, data, size);
    const auto length = static_cast<sqlite3_int64>(size);
    if (sqlite3_deserialize(database.handle(), "main", copy, length, length,
                            SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
        return 0;
    accepted([&] {
        const Fingerprint fingerprint = fingerprint_of(database, "main", {});
        require(fingerprint_of(database, "main", {}) == fingerprint);
    });
    accepted([&] { require_engine_support(database, "main"); });
    return 0;
}
