#include "payload/script.h"

#include "payload/sql_text.h"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

constexpr std::size_t shown_statement = 200; // bytes of a statement in a message

// The first statement's beginning, on one line.
std::string shown(std::string_view text) {
    const std::string beginning(text.substr(0, shown_statement + 4)); // with room for a last character
    const std::vector<SqlToken> tokens = tokens_of(beginning);
    const auto semicolon =
        std::ranges::find_if(tokens, [](const SqlToken& token) { return is_sign(token, ";"); });
    std::string_view statement = text;
    if (semicolon != tokens.end())
        statement = text.substr(0, static_cast<std::size_t>(semicolon->text.data() - beginning.data()));
    std::string line = cut_text(statement, shown_statement);
    std::ranges::replace(line, '\n', ' ');
    return line;
}

} // namespace

ScriptReader::ScriptReader(Database& database, std::string name, const std::string& text)
    : database_(database), name_(std::move(name)), rest_(text.c_str()), end_(rest_ + text.size()),
      statement_(nullptr, &sqlite3_finalize) {
    if (text.find('\0') != std::string::npos)
        throw Error(database.failure(), "run", name_, "it holds a zero byte, so it is no text in UTF-8");
}

bool ScriptReader::next() {
    while (rest_ < end_) {
        statement_.reset();
        sqlite3_stmt* made = nullptr;
        const char* tail = rest_;
        if (sqlite3_prepare_v2(database_.handle(), rest_, -1, &made, &tail) != SQLITE_OK) {
            place_at({rest_, end_});
            throw error();
        }
        statement_.reset(made);
        place_at({rest_, tail});
        rest_ = tail;
        if (made) return true; // nothing is made of a comment or a lone semicolon
    }
    return false;
}

// The statement begins at the piece's first word, not at the comments before it.
void ScriptReader::place_at(std::string_view piece) {
    const std::vector<SqlToken> tokens = tokens_of(piece);
    const auto before =
        tokens.empty() ? 0 : static_cast<std::size_t>(tokens.front().text.data() - piece.data());
    text_ = piece.substr(before);
    line_ = rest_line_ + (tokens.empty() ? 0 : tokens.front().line - 1);
    rest_line_ += static_cast<int>(std::ranges::count(piece, '\n'));
}

bool ScriptReader::step() {
    const int result = sqlite3_step(statement_.get());
    if (result != SQLITE_ROW && result != SQLITE_DONE) throw error();
    return result == SQLITE_ROW;
}

std::string ScriptReader::place() const {
    return name_ + " line " + std::to_string(line_);
}

Error ScriptReader::error() const {
    const Error said = sqlite_error(database_.handle(), database_.failure(), "run", place());
    Error made = error(said.code(), said.cause());
    // Not the script's fault: what is full, failing or missing lies where the database does.
    if (made.code() != database_.failure()) made.during("using " + database_.path());
    return made;
}

Error ScriptReader::error(Code code, const std::string& cause) const {
    return {code, "run", place(), cause + ", in: " + shown(text_)};
}

} // namespace lockstep
