#include "packaging/lint_functions.h"

#include "packaging/calendar_text.h"

#include <sqlite3.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

namespace lockstep {
namespace {

std::string_view text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return text ? std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(value)))
                : std::string_view();
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_whole(sqlite3_value* value) {
    const double number = sqlite3_value_double(value);
    constexpr double integer_range = 9223372036854775808.0; // 2^63
    return number == std::trunc(number) && std::abs(number) < integer_range;
}

bool fits(std::string_view affinity, sqlite3_value* value) {
    const int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL || affinity == "blob") return true;
    if (affinity == "strict blob") return type == SQLITE_BLOB;
    if (affinity == "text") return type != SQLITE_BLOB;
    const int number = sqlite3_value_numeric_type(value); // SQLite's own rule for what text is a number
    if (number == SQLITE_INTEGER) return true;
    return number == SQLITE_FLOAT && (affinity != "integer" || is_whole(value));
}

void fits_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) noexcept {
    sqlite3_result_int(context, fits(text_of(values[0]), values[1]) ? 1 : 0);
}

// From the first digit that isn't 0 to the last.
std::string_view significant(std::string_view number) {
    constexpr std::string_view digits = "123456789";
    const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
    const std::size_t begin = mantissa.find_first_of(digits);
    if (begin == std::string_view::npos) return {};
    return mantissa.substr(begin, mantissa.find_last_of(digits) - begin + 1);
}

// Wherever point and exponent stand.
bool same_digits(std::string_view left, std::string_view right) {
    std::string_view rest = significant(right);
    for (const char c : significant(left)) {
        if (c == '.') continue;
        if (rest.starts_with('.')) rest.remove_prefix(1);
        if (!rest.starts_with(c)) return false;
        rest.remove_prefix(1);
    }
    return rest.empty();
}

std::string_view written(sqlite3_value* number, std::span<char> buffer) {
    const char* const end =
        sqlite3_value_type(number) == SQLITE_INTEGER
            ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), sqlite3_value_int64(number)).ptr
            : std::to_chars(buffer.data(), buffer.data() + buffer.size(), sqlite3_value_double(number)).ptr;
    return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

// 0046701 and +46701 are more than 46701, and 9007199254740993 has more digits than a real number.
bool says_all(sqlite3_value* number, std::string_view text) {
    if (text.starts_with('+')) return false;
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') return false;
    std::array<char, 32> buffer{};
    return same_digits(text, written(number, buffer));
}

void says_all_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) noexcept {
    const int type = sqlite3_value_type(values[0]);
    const bool both =
        (type == SQLITE_INTEGER || type == SQLITE_FLOAT) && sqlite3_value_type(values[1]) == SQLITE_TEXT;
    sqlite3_result_int(context, !both || says_all(values[0], trimmed(text_of(values[1]))) ? 1 : 0);
}

void date_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) noexcept {
    if (sqlite3_value_type(values[0]) != SQLITE_TEXT) return sqlite3_result_null(context);
    if (is_calendar_text(text_of(values[0]))) return sqlite3_result_int(context, 1);
    if (sqlite3_value_numeric_type(values[0]) != SQLITE_TEXT) return sqlite3_result_null(context);
    sqlite3_result_int(context, 0);
}

bool is_ascii(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

void give_lower(sqlite3_context* context, std::string_view text) {
    auto* lower = static_cast<char*>(sqlite3_malloc64(text.size() + 1));
    if (!lower) return sqlite3_result_error_nomem(context);
    std::ranges::transform(
        text, lower, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    sqlite3_result_text64(context, lower, text.size(), &sqlite3_free, SQLITE_UTF8);
}

// Text that isn't UTF-8 is left as it is.
void folded_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) noexcept {
    if (sqlite3_value_type(values[0]) != SQLITE_TEXT) return sqlite3_result_value(context, values[0]);
    const std::string_view text = trimmed(text_of(values[0]));
    if (is_ascii(text)) return give_lower(context, text); // most text, and many times faster
    constexpr int options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                            UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
    utf8proc_uint8_t* result = nullptr;
    const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                               static_cast<utf8proc_ssize_t>(text.size()), &result,
                                               static_cast<utf8proc_option_t>(options));
    if (size == UTF8PROC_ERROR_NOMEM) return sqlite3_result_error_nomem(context);
    if (size < 0) return sqlite3_result_value(context, values[0]);
    sqlite3_result_text64(context, reinterpret_cast<const char*>(result), static_cast<sqlite3_uint64>(size),
                          &std::free, SQLITE_UTF8);
}

void add(Database& database, const char* name, int arguments,
         void (*call)(sqlite3_context*, int, sqlite3_value**)) {
    if (sqlite3_create_function_v2(database.handle(), name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                   nullptr, call, nullptr, nullptr, nullptr) != SQLITE_OK)
        throw sqlite_error(database.handle(), database.failure(), "register the function", name);
}

} // namespace

void register_lint_functions(Database& database) {
    add(database, "lockstep_fits", 2, &fits_function);
    add(database, "lockstep_says_all", 2, &says_all_function);
    add(database, "lockstep_date", 1, &date_function);
    add(database, "lockstep_folded", 1, &folded_function);
}

} // namespace lockstep
