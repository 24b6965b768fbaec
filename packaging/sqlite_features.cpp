#include "packaging/sqlite_features.h"

#include "payload/error.h"
#include "payload/sql_text.h"
#include "payload/version.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <compare>

namespace lockstep {
namespace {

struct Feature {
    std::string_view words; // tokens that follow each other, in lower case; "f(" is a call
    std::string_view name;
    std::string_view version;
};

// Each from the release notes of its version.
constexpr std::array<Feature, 62> features{{
    {"full join", "FULL JOIN", "3.39"},
    {"full outer join", "FULL JOIN", "3.39"},
    {"right join", "RIGHT JOIN", "3.39"},
    {"right outer join", "RIGHT JOIN", "3.39"},
    {"is distinct from", "IS DISTINCT FROM", "3.39"},
    {"is not distinct from", "IS NOT DISTINCT FROM", "3.39"},
    {"->", "the operator ->", "3.38"},
    {"->>", "the operator ->>", "3.38"},
    {"unixepoch (", "unixepoch()", "3.38"},
    {"format (", "format()", "3.38"},
    {"returning", "RETURNING", "3.35"},
    {"as materialized", "MATERIALIZED", "3.35"},
    {"as not materialized", "NOT MATERIALIZED", "3.35"},
    {"drop column", "DROP COLUMN", "3.35"},
    {"acos (", "acos()", "3.35"},
    {"asin (", "asin()", "3.35"},
    {"atan (", "atan()", "3.35"},
    {"atan2 (", "atan2()", "3.35"},
    {"ceil (", "ceil()", "3.35"},
    {"ceiling (", "ceiling()", "3.35"},
    {"cos (", "cos()", "3.35"},
    {"degrees (", "degrees()", "3.35"},
    {"exp (", "exp()", "3.35"},
    {"floor (", "floor()", "3.35"},
    {"ln (", "ln()", "3.35"},
    {"log (", "log()", "3.35"},
    {"mod (", "mod()", "3.35"},
    {"pi (", "pi()", "3.35"},
    {"pow (", "pow()", "3.35"},
    {"power (", "power()", "3.35"},
    {"radians (", "radians()", "3.35"},
    {"sign (", "sign()", "3.35"},
    {"sin (", "sin()", "3.35"},
    {"sqrt (", "sqrt()", "3.35"},
    {"tan (", "tan()", "3.35"},
    {"trunc (", "trunc()", "3.35"},
    {"iif (", "iif()", "3.32"},
    {"generated always", "a generated column", "3.31"},
    {"nulls first", "NULLS FIRST", "3.30"},
    {"nulls last", "NULLS LAST", "3.30"},
    {"filter (", "FILTER on an aggregate", "3.30"},
    {"vacuum into", "VACUUM INTO", "3.27"},
    {"over (", "a window function", "3.25"},
    {"rename column", "RENAME COLUMN", "3.25"},
    {"on conflict (", "an upsert", "3.24"},
    {"on conflict do", "an upsert", "3.24"},
    {"true", "the word TRUE", "3.23"},
    {"false", "the word FALSE", "3.23"},
    {"unhex (", "unhex()", "3.41"},
    {"octet_length (", "octet_length()", "3.43"},
    {"timediff (", "timediff()", "3.43"},
    {"concat (", "concat()", "3.44"},
    {"concat_ws (", "concat_ws()", "3.44"},
    {"string_agg (", "string_agg()", "3.44"},
    {"jsonb (", "jsonb()", "3.45"},
    {"jsonb_extract (", "jsonb_extract()", "3.45"},
    {"jsonb_object (", "jsonb_object()", "3.45"},
    {"jsonb_array (", "jsonb_array()", "3.45"},
    {"json_pretty (", "json_pretty()", "3.46"},
    {"if (", "if()", "3.48"},
    {"using fts5", "FTS5", "3.9"},
    {"using geopoly", "geopoly", "3.25"},
}};

bool is_above(std::string_view needed, const std::string& version) {
    return std::is_gt(compare_versions(needed, version));
}

bool begins_here(SqlTokens tokens, SqlTokens words) {
    if (tokens.size() < words.size()) return false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool plain = tokens[i].kind == SqlKind::word || tokens[i].kind == SqlKind::sign;
        if (!plain || ascii_lower(tokens[i].text) != words[i].text) return false;
    }
    return true;
}

} // namespace

std::string engine_sqlite() {
    return sqlite3_libversion();
}

std::string if_above(const std::string& version, const std::string& what, const std::string& needed) {
    return is_above(needed, version) ? what + " needs SQLite " + needed : "";
}

std::vector<std::string> features_above(std::string_view sql, const std::string& version) {
    const std::vector<SqlToken> tokens = tokens_of(sql);
    std::vector<std::string> found;
    for (const Feature& feature : features) {
        if (!is_above(feature.version, version)) continue;
        const std::vector<SqlToken> words = tokens_of(feature.words);
        bool stands = false;
        for (std::size_t i = 0; i < tokens.size() && !stands; ++i)
            stands = begins_here(SqlTokens(tokens).subspan(i), words);
        const std::string sentence =
            std::string(feature.name) + " needs SQLite " + std::string(feature.version);
        if (stands && std::ranges::find(found, sentence) == found.end()) found.push_back(sentence);
    }
    return found;
}

void require_sqlite_version(const std::string& version) {
    const bool short_form = std::ranges::count(version, '.') == 1; // SQLite leaves out a last number of 0
    if (!is_version(short_form ? version + ".0" : version) || !version.starts_with("3."))
        throw Error(Code::wrong_usage, "use the SQLite version", version, "it is not a version 3.Y.Z");
}

} // namespace lockstep
