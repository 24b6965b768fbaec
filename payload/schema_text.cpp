#include "payload/schema_text.h"

#include "payload/sql_text.h"

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

std::string normal_expression(SqlTokens tokens) {
    return normalised(without_outer_parentheses(tokens));
}

std::size_t first_parenthesis(SqlTokens tokens) {
    const auto found =
        std::ranges::find_if(tokens, [](const SqlToken& token) { return is_sign(token, "("); });
    return static_cast<std::size_t>(found - tokens.begin());
}

// Tokens that follow each other in one text.
std::string as_written(SqlTokens tokens) {
    return {tokens.front().text.data(), tokens.back().text.data() + tokens.back().text.size()};
}

// What stands between commas, those in parentheses not counted.
std::vector<SqlTokens> split_at_commas(SqlTokens tokens) {
    std::vector<SqlTokens> parts;
    std::size_t begin = 0;
    std::size_t i = 0;
    while (i < tokens.size()) {
        if (is_sign(tokens[i], ",")) {
            parts.push_back(tokens.subspan(begin, i - begin));
            begin = i + 1;
        }
        i = is_sign(tokens[i], "(") ? after_group(tokens, i) : i + 1;
    }
    parts.push_back(tokens.subspan(begin));
    return parts;
}

std::string key_names(SqlTokens tokens) {
    std::string names;
    for (const SqlTokens part : split_at_commas(tokens))
        if (!part.empty()) names += (names.empty() ? "" : ", ") + normalised(part.first(1));
    return names;
}

// Goes through the parts of CREATE TABLE's parentheses once. Commas between table constraints may be missing,
// so what a constraint is shows by its words alone; no word looked for here can be an unquoted name.
class TableScanner {
  public:
    explicit TableScanner(SqlTokens tokens) : tokens_(tokens), at_(first_parenthesis(tokens)) {}

    TableText scan() {
        if (at_ == tokens_.size()) return {};
        ++at_;
        begin_definition();
        while (at_ < tokens_.size() && !sign(")")) {
            if (sign(",")) {
                ++at_;
                begin_definition();
            } else {
                take();
            }
        }
        std::ranges::sort(text_.checks);
        std::ranges::sort(text_.conflicts);
        return std::move(text_);
    }

  private:
    bool word(std::string_view text, std::size_t ahead = 0) const {
        return at_ + ahead < tokens_.size() && is_word(tokens_[at_ + ahead], text);
    }
    bool sign(std::string_view text, std::size_t ahead = 0) const {
        return at_ + ahead < tokens_.size() && is_sign(tokens_[at_ + ahead], text);
    }

    // The tokens of the parentheses that open here, which are passed.
    SqlTokens group() {
        const std::size_t begin = at_;
        at_ = after_group(tokens_, begin);
        return without_outer_parentheses(tokens_.subspan(begin, at_ - begin));
    }

    void begin_definition() {
        column_.clear();
        const bool of_table =
            word("constraint") || word("primary") || word("unique") || word("check") || word("foreign");
        if (of_table || at_ == tokens_.size()) return;
        column_ = ascii_lower(unquoted(tokens_[at_]));
        ++at_;
    }

    void take() {
        if (word("set") && (word("default", 1) || word("null", 1))) {
            at_ += 2; // a foreign key's action: no default, and nothing of it follows
            return;
        }
        if (take_key() || take_expression() || take_foreign_key()) return;
        if (word("on") && word("conflict", 1))
            take_conflict();
        else if (word("default"))
            take_default();
        else if (word("constraint") || word("collate"))
            at_ += 2; // and its name
        else if (sign("("))
            group();
        else
            ++at_;
    }

    bool take_key() {
        if (word("not") && word("null", 1)) {
            at_ += 2;
            constraint_ = "not null (" + column_ + ")";
        } else if (word("primary") && word("key", 1)) {
            at_ += 2;
            constraint_ = "primary key (" + key() + ")";
        } else if (word("unique")) {
            at_ += 1;
            constraint_ = "unique (" + key() + ")";
        } else {
            return false;
        }
        return true;
    }

    std::string key() { return sign("(") ? key_names(group()) : column_; }

    bool take_expression() {
        if (word("check") && sign("(", 1)) {
            ++at_;
            const SqlTokens check = group();
            text_.checks.push_back(normalised(check));
            if (!check.empty()) text_.written_checks.push_back(as_written(check));
            constraint_.clear();
        } else if (word("as") && sign("(", 1)) {
            ++at_;
            text_.generated[column_] = normalised(group());
        } else {
            return false;
        }
        return true;
    }

    bool take_foreign_key() {
        if (word("references")) {
            text_.deferred.push_back(false);
            at_ += 2; // and the parent's name
        } else if (word("not") && word("deferrable", 1)) {
            defer(false);
            at_ += 2;
        } else if (word("deferrable")) {
            defer(word("initially", 1) && word("deferred", 2));
            ++at_;
        } else {
            return false;
        }
        return true;
    }

    // It belongs to the foreign key before it, wherever it stands.
    void defer(bool deferred) {
        if (!text_.deferred.empty()) text_.deferred.back() = deferred;
    }

    void take_conflict() {
        const std::string how = at_ + 2 < tokens_.size() ? ascii_lower(tokens_[at_ + 2].text) : "";
        if (!constraint_.empty() && how != "abort")
            text_.conflicts.push_back(constraint_ + " on conflict " + how);
        at_ += 3;
    }

    void take_default() {
        ++at_;
        if (sign("("))
            group();
        else
            at_ += sign("+") || sign("-") ? 2 : 1;
    }

    SqlTokens tokens_;
    std::size_t at_;
    std::string column_;     // that is being defined; empty within a table constraint
    std::string constraint_; // that an ON CONFLICT would belong to
    TableText text_;
};

// A part of an index without COLLATE, ASC and DESC, which pragma index_xinfo tells.
SqlTokens without_order(SqlTokens part) {
    if (!part.empty() && (is_word(part.back(), "asc") || is_word(part.back(), "desc")))
        part = part.first(part.size() - 1);
    if (part.size() > 2 && is_word(part[part.size() - 2], "collate")) part = part.first(part.size() - 2);
    return part;
}

bool is_plain_constant(const SqlToken& token) {
    const std::string word = ascii_lower(token.text);
    return word == "null" || word == "true" || word == "false" || word.starts_with("current_");
}

} // namespace

TableText read_table_text(std::string_view create_table) {
    const std::vector<SqlToken> tokens = tokens_of(create_table);
    return TableScanner(tokens).scan();
}

IndexText read_index_text(std::string_view create_index) {
    const std::vector<SqlToken> tokens = tokens_of(create_index);
    const SqlTokens all = tokens;
    const std::size_t open = first_parenthesis(all);
    if (open == all.size()) return {};
    const std::size_t end = after_group(all, open);
    IndexText text;
    for (const SqlTokens part : split_at_commas(without_outer_parentheses(all.subspan(open, end - open))))
        text.parts.push_back(normal_expression(without_order(part)));
    if (end < all.size()) text.where = normal_expression(all.subspan(end + 1)); // after the word WHERE
    return text;
}

namespace {

// None of a statement that makes anything else.
std::vector<SqlToken> tokens_of_virtual(std::string_view create_virtual_table) {
    std::vector<SqlToken> tokens = tokens_of(create_virtual_table);
    if (tokens.size() < 2 || !is_word(tokens[1], "virtual")) tokens.clear();
    return tokens;
}

} // namespace

std::string module_of(std::string_view create_virtual_table) {
    const std::vector<SqlToken> tokens = tokens_of_virtual(create_virtual_table);
    const auto found =
        std::ranges::find_if(tokens, [](const SqlToken& token) { return is_word(token, "using"); });
    if (found == tokens.end() || found + 1 == tokens.end()) return {};
    return ascii_lower(unquoted(*(found + 1)));
}

std::optional<std::string> content_of(std::string_view create_virtual_table) {
    constexpr std::string_view option = "content";
    const std::vector<SqlToken> tokens = tokens_of_virtual(create_virtual_table);
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
        if (tokens[i].kind == SqlKind::word && is_sign(tokens[i + 1], "=") &&
            option.starts_with(ascii_lower(tokens[i].text)))
            return unquoted(tokens[i + 2]);
    return std::nullopt;
}

std::string read_default(std::string_view value) {
    const std::vector<SqlToken> tokens = tokens_of(value);
    const SqlTokens bare = without_outer_parentheses(tokens);
    if (bare.size() != 1) return normalised(bare);
    // SQLite takes a lone name for a string: https://sqlite.org/quirks.html
    const bool name = bare[0].kind == SqlKind::quoted_name || bare[0].kind == SqlKind::word;
    if (!name || (bare[0].kind == SqlKind::word && is_plain_constant(bare[0]))) return normalised(bare);
    std::string text = "'";
    for (const char c : unquoted(bare[0])) text += c == '\'' ? std::string("''") : std::string(1, c);
    return text + "'";
}

} // namespace lockstep
