// The SQL lexer: its tokens are parts of the text, in order.
#include "payload/sql_text.h"
#include "tests/fuzz/fuzz.h"

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string sql = text_from(data, size);
    const std::vector<SqlToken> tokens = tokens_of(sql);
    const char* last = sql.data();
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const SqlToken& token = tokens[i];
        require(!token.text.empty() && token.text.data() >= last);
        last = token.text.data() + token.text.size();
        require(last <= sql.data() + sql.size());
        require(unquoted(token).size() <= token.text.size());
        require(after_group(tokens, i) > i && after_group(tokens, i) <= tokens.size());
    }
    require(without_outer_parentheses(tokens).size() <= tokens.size());
    // No promise on what it gives: a name that holds a quote turns what follows inside out.
    const std::string once = normalised(tokens);
    tokens_of(once);
    for (const std::size_t limit : {0U, 1U, 7U, 100U}) require(cut_text(sql, limit).size() <= limit + 3);
    return 0;
}
