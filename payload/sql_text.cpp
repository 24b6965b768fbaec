#include "payload/sql_text.h"

#include <algorithm>
#include <array>

namespace lockstep {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80);
}
bool continues_word(char c) {
    return begins_word(c) || is_digit(c) || c == '$';
}

constexpr std::array<std::string_view, 10> long_signs{
    "->>", "->", "||", "<=", ">=", "<>", "!=", "==", "<<", ">>"};

class Lexer {
  public:
    explicit Lexer(std::string_view sql) : sql_(sql) {}

    std::vector<SqlToken> all() {
        std::vector<SqlToken> tokens;
        for (skip_blanks(); at_ < sql_.size(); skip_blanks()) tokens.push_back(next());
        return tokens;
    }

  private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }
    bool looking_at(std::string_view text) const { return sql_.substr(at_, text.size()) == text; }

    void move_to(std::size_t end) {
        end = std::min(end, sql_.size());
        line_ += static_cast<int>(std::count(sql_.begin() + static_cast<std::ptrdiff_t>(at_),
                                             sql_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
        at_ = end;
    }

    // To the end of `text`, or of everything where it doesn't come.
    void move_past(std::string_view text, std::size_t from) {
        const std::size_t found = sql_.find(text, from);
        move_to(found == std::string_view::npos ? sql_.size() : found + text.size());
    }

    void skip_blanks() {
        while (at_ < sql_.size()) {
            if (looking_at("--"))
                move_past("\n", at_);
            else if (looking_at("/*"))
                move_past("*/", at_ + 2);
            else if (looking_at("\xEF\xBB\xBF"))
                at_ += 3;
            else if (is_space(peek()))
                move_to(at_ + 1);
            else
                return;
        }
    }

    SqlToken next() {
        const std::size_t begin = at_;
        SqlToken token;
        token.line = line_;
        token.kind = take();
        token.text = sql_.substr(begin, at_ - begin);
        return token;
    }

    SqlKind take() {
        const char c = peek();
        if (c == '\'') return take_quoted('\''), SqlKind::string;
        if (c == '"' || c == '`') return take_quoted(c), SqlKind::quoted_name;
        if (c == '[') return move_past("]", at_), SqlKind::quoted_name;
        if ((c == 'x' || c == 'X') && peek(1) == '\'') return ++at_, take_quoted('\''), SqlKind::blob;
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return take_number(), SqlKind::number;
        if (begins_word(c)) return take_word(), SqlKind::word;
        if (c == '?' || c == ':' || c == '@' || c == '$' || c == '#')
            return ++at_, take_word(), SqlKind::parameter;
        return take_sign(), SqlKind::sign;
    }

    // A doubled quote stands for one.
    void take_quoted(char quote) {
        do move_past(std::string_view(&quote, 1), at_ + 1);
        while (peek() == quote);
    }

    void take_word() {
        while (continues_word(peek())) ++at_;
    }

    void take_number() {
        const bool hexadecimal = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
        while (continues_word(peek()) || peek() == '.') {
            const bool exponent = !hexadecimal && (peek() == 'e' || peek() == 'E');
            ++at_;
            if (exponent && (peek() == '+' || peek() == '-')) ++at_;
        }
    }

    void take_sign() {
        for (const std::string_view sign : long_signs)
            if (looking_at(sign)) return move_to(at_ + sign.size());
        ++at_;
    }

    std::string_view sql_;
    std::size_t at_ = 0;
    int line_ = 1;
};

// Words that mean something of their own where a name could stand: "null" is a column, null is not.
bool is_constant(std::string_view word) {
    constexpr std::array<std::string_view, 6> constants{"null",         "true",         "false",
                                                        "current_date", "current_time", "current_timestamp"};
    return std::ranges::find(constants, word) != constants.end();
}

std::string normal_name(const SqlToken& token) {
    const std::string name = ascii_lower(unquoted(token));
    const bool plain =
        !name.empty() && begins_word(name.front()) && std::ranges::all_of(name, continues_word);
    return plain && !is_constant(name) ? name : '"' + name + '"';
}

} // namespace

std::vector<SqlToken> tokens_of(std::string_view sql) {
    return Lexer(sql).all();
}

bool is_word(const SqlToken& token, std::string_view word) {
    return token.kind == SqlKind::word && ascii_lower(token.text) == word;
}

bool is_sign(const SqlToken& token, std::string_view sign) {
    return token.kind == SqlKind::sign && token.text == sign;
}

std::string unquoted(const SqlToken& token) {
    if ((token.kind != SqlKind::quoted_name && token.kind != SqlKind::string) || token.text.size() < 2)
        return std::string(token.text);
    const char quote = token.text.front();
    std::string name;
    for (std::size_t i = 1; i + 1 < token.text.size(); ++i) {
        name += token.text[i];
        if (quote != '[' && token.text[i] == quote) ++i;
    }
    return name;
}

std::string normalised(SqlTokens tokens) {
    std::string text;
    for (const SqlToken& token : tokens) {
        if (!text.empty()) text += ' ';
        if (token.kind == SqlKind::string)
            text += token.text;
        else if (token.kind == SqlKind::quoted_name)
            text += normal_name(token);
        else
            text += ascii_lower(token.text);
    }
    return text;
}

std::string as_statement(const std::string& sql) {
    const std::size_t without = tokens_of(sql).size();
    for (const char* const ending : {";", "\n;"}) {
        std::string ended = sql + ending;
        if (tokens_of(ended).size() > without) return ended + "\n";
    }
    return sql + "*/;\n";
}

SqlTokens without_outer_parentheses(SqlTokens tokens) {
    while (tokens.size() >= 2 && is_sign(tokens.front(), "(") && is_sign(tokens.back(), ")") &&
           after_group(tokens, 0) == tokens.size())
        tokens = tokens.subspan(1, tokens.size() - 2);
    return tokens;
}

std::size_t after_group(SqlTokens tokens, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < tokens.size(); ++i) {
        if (is_sign(tokens[i], "(")) ++depth;
        if (is_sign(tokens[i], ")") && --depth == 0) return i + 1;
    }
    return tokens.size();
}

std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string cut_text(std::string_view text, std::size_t limit) {
    if (text.size() <= limit) return std::string(text);
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return std::string(text.substr(0, end)) + "…";
}

} // namespace lockstep
