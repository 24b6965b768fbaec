// SQL text as tokens, by SQLite's own rules (https://sqlite.org/src/file/src/tokenize.c): white space,
// comments and byte order marks are left out. Text that SQLite would refuse still gives tokens; an open quote
// reaches to the end.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

enum class SqlKind { word, quoted_name, string, number, blob, parameter, sign };

// `text` is a part of the text that was given, which must outlive the token.
struct SqlToken {
    SqlKind kind = SqlKind::sign;
    std::string_view text;
    int line = 1; // where it begins, counted from 1
};
using SqlTokens = std::span<const SqlToken>;

std::vector<SqlToken> tokens_of(std::string_view sql);

// Whether the token is this unquoted word; `word` is in lower case.
bool is_word(const SqlToken& token, std::string_view word);
bool is_sign(const SqlToken& token, std::string_view sign);

// A name without its quotes, as it was written.
std::string unquoted(const SqlToken& token);

// One space between tokens; words in lower case; "x", [x] and `x` as x; strings exactly as they are.
std::string normalised(SqlTokens tokens);

// The statement with its semicolon, whatever comment it ends in: SQLite keeps the text of an object up to its
// last one, which may have no end.
std::string as_statement(const std::string& sql);

// Without the parentheses that hold all of it.
SqlTokens without_outer_parentheses(SqlTokens tokens);

// The index after the parenthesis that closes the one at `open`, at most tokens.size().
std::size_t after_group(SqlTokens tokens, std::size_t open);

// ASCII letters only: what SQLite does when it compares names.
std::string ascii_lower(std::string_view text);

// The first `limit` bytes at most, never half a UTF-8 character, with … where something was cut.
std::string cut_text(std::string_view text, std::size_t limit);

} // namespace lockstep
