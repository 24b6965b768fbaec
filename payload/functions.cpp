#include "payload/digest.h"
#include "payload/migration.h"
#include "payload/sql_text.h"
#include "payload/wide_text.h"

#include <openssl/evp.h>
#include <sqlite3.h>

#include <array>
#include <exception>
#include <optional>
#include <regex>

namespace lockstep {
namespace {

using Uuid = std::array<unsigned char, 16>;

// NULL and numbers as SQLite turns them into text; nothing only where it has no memory for it.
std::string_view text_value(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    return text ? std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(value)))
                : std::string_view();
}

bool is_null(sqlite3_value* value) {
    return sqlite3_value_type(value) == SQLITE_NULL;
}

void give_text(sqlite3_context* context, std::string_view text) {
    sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void fail(sqlite3_context* context, std::string_view message) {
    sqlite3_result_error(context, message.data(), static_cast<int>(message.size()));
}

// No C++ exception may pass through SQLite: it becomes the statement's error.
template <typename Action> void guarded(sqlite3_context* context, Action action) {
    try {
        action();
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    } catch (const std::exception& error) {
        fail(context, error.what());
    }
}

// --- uuid5
// ---------------------------------------------------------------------------------------------------------

// RFC 4122, appendix C.
std::string_view known_namespace(std::string_view name) {
    if (name == "dns") return "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    if (name == "url") return "6ba7b811-9dad-11d1-80b4-00c04fd430c8";
    if (name == "oid") return "6ba7b812-9dad-11d1-80b4-00c04fd430c8";
    if (name == "x500") return "6ba7b814-9dad-11d1-80b4-00c04fd430c8";
    return name;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// "urn:uuid:" before it, braces around it and missing hyphens are fine.
std::optional<Uuid> parse_uuid(std::string_view text) {
    std::string lower = ascii_lower(text);
    if (lower.starts_with("urn:uuid:")) lower.erase(0, 9);
    std::string digits;
    for (const char c : lower) {
        if (hex_digit(c) >= 0)
            digits += c;
        else if (c != '-' && c != '{' && c != '}')
            return std::nullopt;
    }
    Uuid uuid{};
    if (digits.size() != uuid.size() * 2) return std::nullopt;
    for (std::size_t i = 0; i < uuid.size(); ++i)
        uuid[i] = static_cast<unsigned char>(hex_digit(digits[2 * i]) * 16 + hex_digit(digits[2 * i + 1]));
    return uuid;
}

std::string uuid_text(const Uuid& uuid) {
    std::string text = to_hex(std::as_bytes(std::span(uuid)));
    for (const std::size_t hyphen : {8u, 13u, 18u, 23u}) text.insert(hyphen, "-");
    return text;
}

// RFC 4122, section 4.3: the first 16 bytes of SHA-1(namespace, name), with version and variant set.
Uuid uuid5(const Uuid& name_space, std::string_view name) {
    std::string input(name_space.begin(), name_space.end());
    input += name;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    if (EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1)
        throw Error(Code::internal_error, "compute", "uuid5", "SHA-1 is not available");
    Uuid uuid{};
    std::copy_n(digest.begin(), uuid.size(), uuid.begin());
    uuid[6] = static_cast<unsigned char>((uuid[6] & 0x0f) | 0x50);
    uuid[8] = static_cast<unsigned char>((uuid[8] & 0x3f) | 0x80);
    return uuid;
}

void uuid5_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    guarded(context, [&] {
        if (is_null(values[0]) || is_null(values[1])) return sqlite3_result_null(context);
        const auto name_space = parse_uuid(known_namespace(text_value(values[0])));
        if (!name_space)
            return fail(context, "uuid5: the namespace is neither a UUID nor dns, url, oid, x500");
        give_text(context, uuid_text(uuid5(*name_space, text_value(values[1]))));
    });
}

// --- sha256, require
// -----------------------------------------------------------------------------------------------

void sha256_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    guarded(context, [&] {
        if (is_null(values[0])) return sqlite3_result_null(context);
        if (sqlite3_value_type(values[0]) != SQLITE_BLOB)
            return give_text(context, sha256(text_value(values[0])));
        const auto* blob = static_cast<const std::byte*>(sqlite3_value_blob(values[0]));
        give_text(context, sha256(Bytes(blob, static_cast<std::size_t>(sqlite3_value_bytes(values[0])))));
    });
}

void require_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    if (!is_null(values[0]) && sqlite3_value_double(values[0]) != 0) return sqlite3_result_int(context, 1);
    guarded(context, [&] { fail(context, text_value(values[1])); });
}

// --- regexp
// --------------------------------------------------------------------------------------------------------

constexpr std::size_t pattern_limit = 4096; // bytes: compiling recurses with a pattern's depth

// The library's usual matcher recurses for each character and overflows the stack on a long text; its
// polynomial one doesn't, takes time in proportion to the text, and knows no back-references.
constexpr auto regex_kind = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;

std::unique_ptr<std::wregex> compiled(std::string_view pattern) {
    if (pattern.size() > pattern_limit)
        throw Error(Code::internal_error, "compile", "the regular expression",
                    "it is longer than 4096 bytes");
    return std::make_unique<std::wregex>(wide_text(pattern), regex_kind);
}

void delete_regex(void* regex) {
    delete static_cast<std::wregex*>(regex);
} // NOLINT: SQLite owns it

void regexp_function(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
    guarded(context, [&] {
        if (is_null(values[0]) || is_null(values[1])) return sqlite3_result_null(context);
        // SQLite keeps what was made of a constant pattern from one row to the next, or deletes it at once.
        const auto* kept = static_cast<const std::wregex*>(sqlite3_get_auxdata(context, 0));
        std::unique_ptr<std::wregex> made = kept ? nullptr : compiled(text_value(values[0]));
        const bool found = std::regex_search(wide_text(text_value(values[1])), kept ? *kept : *made);
        sqlite3_result_int(context, found ? 1 : 0);
        if (made) sqlite3_set_auxdata(context, 0, made.release(), &delete_regex);
    });
}

struct EngineFunction {
    const char* name;
    int arguments;
    int flags;
    void (*call)(sqlite3_context*, int, sqlite3_value**);
};

constexpr int pure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;

// require() is not called deterministic: SQLite would call it with constants once, even for a query without a
// row.
constexpr std::array<EngineFunction, 4> engine_functions{{
    {"uuid5", 2, pure, &uuid5_function},
    {"sha256", 1, pure, &sha256_function},
    {"regexp", 2, pure, &regexp_function},
    {"require", 2, SQLITE_UTF8 | SQLITE_INNOCUOUS, &require_function},
}};

} // namespace

void register_functions(Database& database) {
    for (const EngineFunction& function : engine_functions)
        if (sqlite3_create_function_v2(database.handle(), function.name, function.arguments, function.flags,
                                       nullptr, function.call, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw sqlite_error(database.handle(), database.failure(), "register the function", function.name);
}

std::set<std::string> engine_functions_in(const std::string& sql) {
    const std::vector<SqlToken> tokens = tokens_of(sql);
    std::set<std::string> found;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool called = i + 1 < tokens.size() && is_sign(tokens[i + 1], "(");
        const bool name =
            tokens[i].kind == SqlKind::word || (called && tokens[i].kind == SqlKind::quoted_name);
        const std::string word = ascii_lower(unquoted(tokens[i]));
        for (const EngineFunction& function : engine_functions)
            if (name && word == function.name && (called || word == "regexp"))
                found.insert(word); // text REGEXP pattern
    }
    return found;
}

} // namespace lockstep
