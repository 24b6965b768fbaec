#include "payload/values_differ.h"

#include <sqlite3.h>

#include <bit>
#include <cstdint>
#include <cstring>

namespace lockstep {
namespace {

bool same_bytes(sqlite3_value* one, sqlite3_value* other) {
    // Of a text too: sqlite3_value_blob() gives its bytes as they are stored.
    const void* first = sqlite3_value_blob(one);
    const void* second = sqlite3_value_blob(other);
    const int size = sqlite3_value_bytes(one);
    if (size != sqlite3_value_bytes(other)) return false;
    return size == 0 || (first && second && std::memcmp(first, second, static_cast<std::size_t>(size)) == 0);
}

bool differ(sqlite3_value* one, sqlite3_value* other) {
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
    default:
        return !same_bytes(one, other);
    }
}

void answer(sqlite3_context* context, int count, sqlite3_value** values) {
    int different = 0;
    for (int i = 0; i + 1 < count && different == 0; i += 2)
        different = differ(values[i], values[i + 1]) ? 1 : 0;
    sqlite3_result_int(context, different);
}

} // namespace

void register_values_differ(Database& database) {
    constexpr int any_number_of_arguments = -1;
    if (sqlite3_create_function(database.handle(), "lockstep_values_differ", any_number_of_arguments,
                                SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, &answer, nullptr,
                                nullptr) != SQLITE_OK)
        throw sqlite_error(database.handle(), database.failure(), "register the function",
                           "lockstep_values_differ");
}

} // namespace lockstep
