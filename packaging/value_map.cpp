#include "packaging/value_map.h"

#include <algorithm>

namespace lockstep {
namespace {

bool names(const SqlToken& token, std::string_view column) {
    return (token.kind == SqlKind::word || token.kind == SqlKind::quoted_name) &&
           ascii_lower(unquoted(token)) == ascii_lower(column);
}

bool is_any(const SqlToken& token, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return is_word(token, word); });
}

// Where the reader is, token by token: in which part of a CASE, whether after ON, in which kind of
// parentheses.
class Place {
  public:
    void pass(SqlTokens tokens, std::size_t at) {
        const SqlToken& token = tokens[at];
        if (is_word(token, "case")) cases_.push_back(true);
        if (is_word(token, "end") && !cases_.empty()) cases_.pop_back();
        if (is_any(token, {"when", "then", "else"}) && !cases_.empty())
            cases_.back() = is_word(token, "when");
        if (is_word(token, "on")) after_on_ = true;
        if (is_sign(token, ";") || is_any(token, {"where", "group", "order", "union", "do"}))
            after_on_ = false;
        if (is_sign(token, "("))
            queries_.push_back(at + 1 < tokens.size() && is_word(tokens[at + 1], "select"));
        if (is_sign(token, ")") && !queries_.empty()) queries_.pop_back();
        if (is_word(token, "where") && !queries_.empty()) asks_ = queries_.size();
        if (asks_ > queries_.size()) asks_ = 0;
    }

    bool maps() const {
        return (!cases_.empty() && cases_.back()) || after_on_ || (asks_ > 0 && queries_[asks_ - 1]);
    }

  private:
    std::vector<bool> cases_; // of each open one, whether it compares here, and doesn't give a result
    bool after_on_ = false;
    std::vector<bool> queries_; // for each open parenthesis, whether a query stands in it
    std::size_t asks_ = 0;      // the depth of a WHERE within parentheses
};

} // namespace

bool maps_values(SqlTokens statement, std::string_view column) {
    Place place;
    for (std::size_t i = 0; i < statement.size(); ++i) {
        place.pass(statement, i);
        if (place.maps() && names(statement[i], column)) return true;
    }
    return false;
}

bool maps_values(const std::vector<SurveyedStatement>& statements, const std::string& table,
                 std::string_view column) {
    std::vector<std::string> known{ascii_lower(table)};
    for (auto statement = statements.rbegin(); statement != statements.rend(); ++statement) {
        if (std::ranges::find(known, statement->new_name) != known.end() && !statement->renamed.empty())
            known.push_back(statement->renamed);
        const bool writes = std::ranges::any_of(statement->written, [&](const auto& written) {
            return std::ranges::find(known, written.second) != known.end();
        });
        if (writes && maps_values(tokens_of(statement->text), column)) return true;
    }
    return false;
}

} // namespace lockstep
