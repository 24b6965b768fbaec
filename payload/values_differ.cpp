#include "payload/values_differ.h"

#include <sqlite3.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace lockstep {
namespace {

using Content = std::pair<const void*, int>;

// The pointer is asked for before the size, and in the text's own encoding: asking in another one frees what
// was given (https://sqlite.org/c3ref/value_blob.html), and takes all halves of a pair of UTF-16 for the
// same.
struct Utf8 {
    static Content text_of(sqlite3_value* value) {
        const void* text = sqlite3_value_text(value);
        return {text, sqlite3_value_bytes(value)};
    }
};
struct Utf16 {
    static Content text_of(sqlite3_value* value) {
        const void* text = sqlite3_value_text16(value);
        return {text, sqlite3_value_bytes16(value)};
    }
};

Content blob_of(sqlite3_value* value) {
    const void* blob = sqlite3_value_blob(value);
    return {blob, sqlite3_value_bytes(value)};
}

bool same_bytes(const Content& one, const Content& other) {
    if (one.second != other.second) return false;
    return one.second == 0 ||
           (one.first && other.first &&
            std::memcmp(one.first, other.first, static_cast<std::size_t>(one.second)) == 0);
}

template <typename Encoding> bool differ(sqlite3_value* one, sqlite3_value* other) {
    const int type = sqlite3_value_type(one);
    if (type != sqlite3_value_type(other)) return true;
    switch (type) {
    case SQLITE_NULL:
        return false;
    case SQLITE_INTEGER:
        return sqlite3_value_int64(one) != sqlite3_value_int64(other);
    case SQLITE_FLOAT:
        return std::bit_cast<std::uint64_t>(sqlite3_value_double(one)) !=
               std::bit_cast<std::uint64_t>(sqlite3_value_double(other));
    case SQLITE_TEXT:
        return !same_bytes(Encoding::text_of(one), Encoding::text_of(other));
    default:
        return !same_bytes(blob_of(one), blob_of(other));
    }
}

template <typename Encoding> void answer(sqlite3_context* context, int count, sqlite3_value** values) {
    int different = 0;
    for (int i = 0; i + 1 < count && different == 0; i += 2)
        different = differ<Encoding>(values[i], values[i + 1]) ? 1 : 0;
    sqlite3_result_int(context, different);
}

// SQLite takes the one that is made for the database's encoding.
template <typename Encoding> void register_for(Database& database, int encoding) {
    constexpr int any_number_of_arguments = -1;
    if (sqlite3_create_function(database.handle(), "lockstep_values_differ", any_number_of_arguments,
                                encoding | SQLITE_DETERMINISTIC, nullptr, &answer<Encoding>, nullptr,
                                nullptr) != SQLITE_OK)
        throw sqlite_error(database.handle(), database.failure(), "register the function",
                           "lockstep_values_differ");
}

} // namespace

void register_values_differ(Database& database) {
    register_for<Utf8>(database, SQLITE_UTF8);
    register_for<Utf16>(database, SQLITE_UTF16);
}

} // namespace lockstep
