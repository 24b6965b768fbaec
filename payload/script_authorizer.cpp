#include "payload/script_authorizer.h"

#include "payload/sql_text.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lockstep {
namespace {

// With no journal, ROLLBACK TO silently keeps what it should undo: nothing may ask for an undo.
constexpr const char* needs_journal = " is only for releases with journal = true";

constexpr std::array<std::string_view, 4> journal_pragmas{"journal_mode", "journal_size_limit",
                                                          "locking_mode", "synchronous"};

std::string lower_or_empty(const char* text) {
    return text ? ascii_lower(text) : std::string();
}

bool is_schema_table(const std::string& table) {
    return table == "sqlite_master" || table == "sqlite_schema" || table == "sqlite_temp_master" ||
           table == "sqlite_temp_schema";
}

// INSERT, UPDATE, DELETE: for other statements SQLite itself writes to sqlite_schema.
bool writes_rows(const std::vector<SqlToken>& tokens) {
    return !tokens.empty() &&
           (is_word(tokens[0], "insert") || is_word(tokens[0], "update") || is_word(tokens[0], "delete") ||
            is_word(tokens[0], "replace") || is_word(tokens[0], "with"));
}

int ask(void* authorizer, int action, const char* first, const char* second, const char* schema,
        const char* /*trigger or view*/) noexcept {
    return static_cast<ScriptAuthorizer*>(authorizer)->answer(action, first, second, schema);
}

} // namespace

ScriptAuthorizer::ScriptAuthorizer(const std::string& first_name, bool journal)
    : first_name_(ascii_lower(first_name)), journal_(journal) {}

void ScriptAuthorizer::watch(Database& database) {
    sqlite3_set_authorizer(database.handle(), &ask, this);
}

void ScriptAuthorizer::unwatch(Database& database) {
    sqlite3_set_authorizer(database.handle(), nullptr, nullptr);
}

void ScriptAuthorizer::begin_statement() {
    running_ = false;
    wrote_schema_ = false;
    altered_ = {};
    refusal_.clear();
    touched_.clear();
}

void ScriptAuthorizer::begin_running(std::string_view text) {
    running_ = true;
    if (!wrote_schema_ && altered_.second.empty()) return;
    const std::vector<SqlToken> tokens = tokens_of(text);
    if (wrote_schema_ && writes_rows(tokens)) written_.everything = true;
    if (!altered_.second.empty()) note_alteration(tokens);
}

bool ScriptAuthorizer::was_set(const std::string& schema, const std::string& pragma) const {
    return set_pragmas_.contains({ascii_lower(schema), pragma});
}

int ScriptAuthorizer::answer(int action, const char* first, const char* second, const char* schema) {
    const std::string database = lower_or_empty(schema);
    switch (action) {
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_CREATE_TABLE:
    case SQLITE_CREATE_VTABLE:
    case SQLITE_DROP_TABLE:
    case SQLITE_DROP_VTABLE:
        note_write(database, lower_or_empty(first));
        return SQLITE_OK;
    case SQLITE_ALTER_TABLE: // the database comes first
        note_altered(lower_or_empty(first), lower_or_empty(second));
        return SQLITE_OK;
    case SQLITE_CREATE_INDEX: // writes no row of the table, but takes time with it
    case SQLITE_DROP_INDEX:
        note_touch(database, lower_or_empty(second));
        return SQLITE_OK;
    case SQLITE_PRAGMA:
        return answer_pragma(lower_or_empty(first), second, database.empty() ? "main" : database);
    case SQLITE_ATTACH:
        return answer_attach(first);
    case SQLITE_DETACH:
        return running_ ? SQLITE_OK : refuse("DETACH is not for scripts");
    case SQLITE_SAVEPOINT:
        return running_ || journal_ ? SQLITE_OK : refuse("SAVEPOINT" + std::string(needs_journal));
    case SQLITE_TRANSACTION:
        if (running_ || journal_ || lower_or_empty(first) != "rollback") return SQLITE_OK;
        return refuse("ROLLBACK" + std::string(needs_journal));
    default:
        return SQLITE_OK;
    }
}

int ScriptAuthorizer::refuse(const std::string& why) {
    refusal_ = why;
    return SQLITE_DENY;
}

int ScriptAuthorizer::answer_pragma(const std::string& pragma, const char* value, const std::string& schema) {
    // Scripts turn them off and on again out of habit; they are off, and stay off.
    if (pragma == "foreign_keys") return SQLITE_IGNORE;
    if (!value) return SQLITE_OK;
    if (!journal_ && std::ranges::find(journal_pragmas, pragma) != journal_pragmas.end())
        return refuse("PRAGMA " + pragma + needs_journal);
    set_pragmas_.emplace(schema, pragma);
    return SQLITE_OK;
}

// VACUUM attaches a temporary file, which has no name, and gives the tables' trees other places, by which the
// loss ledger knows what wasn't written to. VACUUM INTO would leave a file somewhere.
int ScriptAuthorizer::answer_attach(const char* file) {
    if (running_ && file && *file == '\0') {
        written_.everything = true;
        return SQLITE_OK;
    }
    return refuse(running_ ? "VACUUM INTO is not for scripts"
                           : "ATTACH is not for scripts: the release's databases are attached already");
}

void ScriptAuthorizer::note_write(const std::string& schema, const std::string& table) {
    if (is_schema_table(table)) {
        wrote_schema_ = wrote_schema_ || !running_;
        return;
    }
    if (schema == "temp" || schema.empty()) return;
    written_.tables.emplace(schema, table);
    if (schema == "main") written_.tables.emplace(first_name_, table);
    note_touch(schema, table);
}

void ScriptAuthorizer::note_touch(const std::string& schema, const std::string& table) {
    if (schema != "temp" && !table.starts_with("sqlite_"))
        touched_.insert(schema == "main" ? table : schema + "." + table);
}

// What it is to be is in the statement's text, which comes later, unless SQLite itself asks for it.
void ScriptAuthorizer::note_altered(const std::string& schema, const std::string& table) {
    if (running_)
        note_write(schema, table);
    else
        altered_ = {schema, table};
    note_touch(schema, table);
}

// ALTER TABLE [schema.]name RENAME TO new, RENAME [COLUMN] and ADD [COLUMN] leave the rows as they are; all
// else writes them. What was written before goes by the new name too.
void ScriptAuthorizer::note_alteration(const std::vector<SqlToken>& tokens) {
    const auto& [schema, table] = altered_;
    const std::size_t verb = tokens.size() > 3 && is_sign(tokens[3], ".") ? 5 : 3;
    const bool adds = verb < tokens.size() && is_word(tokens[verb], "add");
    const bool renames = verb < tokens.size() && is_word(tokens[verb], "rename");
    if (!adds && !renames) note_write(schema, table);
    if (!renames || verb + 2 >= tokens.size() || !is_word(tokens[verb + 1], "to")) return;
    const std::string name = ascii_lower(unquoted(tokens[verb + 2]));
    if (written_.contains(schema, table)) note_write(schema, name);
    note_touch(schema, name);
}

} // namespace lockstep
