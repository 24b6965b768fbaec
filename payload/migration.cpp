#include "payload/migration.h"

#include "payload/script.h"
#include "payload/script_authorizer.h"
#include "payload/sql_text.h"
#include "payload/trial_pragmas.h"

#include <sqlite3.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace lockstep {
namespace {

// A failing migration is the release's fault, not the live database's: the trial copy was verified before.
Code migration_code(const Error& error, int result) {
    if (error.code() == Code::live_damaged || result == SQLITE_LOCKED) return Code::migration_failed;
    return error.code();
}

// Pragmas that a script may have set for itself and that the next one must not find.
constexpr const char* usual_settings = "PRAGMA legacy_alter_table=OFF; PRAGMA writable_schema=OFF;"
                                       "PRAGMA ignore_check_constraints=OFF; PRAGMA recursive_triggers=OFF;";

void refuse_or_rollback(const std::string& name, const std::string& text) {
    const std::vector<SqlToken> tokens = tokens_of(text);
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        if (is_word(tokens[i], "or") && is_word(tokens[i + 1], "rollback"))
            throw Error(Code::migration_failed, "run", name + " line " + std::to_string(tokens[i].line),
                        "OR ROLLBACK is only for releases with journal = true");
}

} // namespace

bool WrittenTables::contains(const std::string& database, const std::string& table) const {
    return everything || tables.contains({ascii_lower(database), ascii_lower(table)});
}

struct Migrator::State {
    State(std::vector<DatabaseFile> trial_copies, const Declarations& declarations,
          std::function<bool()> cancel)
        : files(std::move(trial_copies)), journal(declarations.journal), cancelled(std::move(cancel)),
          authorizer(files.at(0).name, journal) {}

    std::string schema(std::size_t place) const { return place == 0 ? "main" : files[place].name; }

    void open();
    void close();
    void forget_cancel() { sqlite3_progress_handler(database->handle(), 0, nullptr, nullptr); }
    void run_statement(ScriptReader& script, ScriptTimes& times);
    bool next_statement(ScriptReader& script);
    Error explained(const Error& error, const ScriptReader& script) const;
    void rethrow_question() {
        if (question_failed) std::rethrow_exception(std::exchange(question_failed, nullptr));
    }

    std::vector<DatabaseFile> files;
    bool journal;
    std::function<bool()> cancelled;
    ScriptAuthorizer authorizer;
    std::optional<Database> database;
    std::vector<HeaderSettings> headers; // as they were before the first script
    std::exception_ptr question_failed;  // what `cancelled` threw while SQLite was on the stack
};

namespace {

template <typename State> int ask_cancelled(void* pointer) noexcept {
    auto* state = static_cast<State*>(pointer);
    try {
        return state->cancelled && state->cancelled() ? 1 : 0;
    } catch (...) { // thrown again as soon as SQLite is off the stack
        state->question_failed = std::current_exception();
        return 1;
    }
}

// While it lives, the authorizer watches the connection.
class Watch {
  public:
    Watch(ScriptAuthorizer& authorizer, Database& database) : authorizer_(authorizer), database_(database) {
        authorizer_.watch(database_);
    }
    ~Watch() { authorizer_.unwatch(database_); }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

  private:
    ScriptAuthorizer& authorizer_;
    Database& database_;
};

} // namespace

void Migrator::State::open() {
    database.emplace(files[0].path, OpenMode::read_write, Code::migration_failed);
    for (std::size_t i = 1; i < files.size(); ++i)
        database->attach(files[i].path, files[i].name, OpenMode::read_write);
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (headers.size() == i) headers.push_back(read_header(*database, schema(i)));
        prepare_for_trial(*database, schema(i), journal);
    }
    database->run("PRAGMA main.cache_size=-16384; PRAGMA foreign_keys=OFF");
    if (database->integer("PRAGMA foreign_keys") != 0)
        throw Error(Code::migration_failed, "turn foreign keys off in", files[0].path,
                    "SQLite keeps them on");
    register_functions(*database);
    sqlite3_progress_handler(database->handle(), steps_between_questions, &ask_cancelled<State>, this);
}

void Migrator::State::close() {
    forget_cancel(); // what was begun here is to be ended
    for (std::size_t i = 0; i < files.size(); ++i) put_back_journal_mode(*database, schema(i), headers[i]);
    database->close();
    database.reset();
}

// SQLite asks only within a long statement.
bool Migrator::State::next_statement(ScriptReader& script) {
    if (cancelled && cancelled()) throw Error(Code::cancelled, "run", script.place(), "cancelled");
    authorizer.begin_statement();
    if (!script.next()) return false;
    authorizer.begin_running(script.text());
    return true;
}

void Migrator::State::run_statement(ScriptReader& script, ScriptTimes& times) {
    const auto begin = std::chrono::steady_clock::now();
    const sqlite3_int64 changes = sqlite3_total_changes64(database->handle());
    while (script.step()) {
    }
    times.rows += sqlite3_total_changes64(database->handle()) - changes;
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    times.seconds += taken.count();
    for (const std::string& table : authorizer.touched()) times.table_seconds[table] += taken.count();
}

Error Migrator::State::explained(const Error& error, const ScriptReader& script) const {
    if (!authorizer.refusal().empty()) return script.error(Code::migration_failed, authorizer.refusal());
    return with_code(error, migration_code(error, sqlite3_errcode(database->handle()) & 0xff));
}

Migrator::Migrator(std::vector<DatabaseFile> trial_copies, const Declarations& declarations,
                   std::function<bool()> cancelled)
    : state_(std::make_unique<State>(std::move(trial_copies), declarations, std::move(cancelled))) {
    state_->open();
}

Migrator::~Migrator() = default;

ScriptTimes Migrator::run_script(const std::string& name, const std::string& text) {
    if (!state_->journal) refuse_or_rollback(name, text);
    Database& connection = database();
    ScriptTimes times;
    {
        const Watch watch(state_->authorizer, connection);
        ScriptReader script(connection, name, text);
        try {
            while (state_->next_statement(script)) state_->run_statement(script, times);
        } catch (const Error& error) {
            state_->rethrow_question();
            throw state_->explained(error, script);
        }
    }
    if (sqlite3_get_autocommit(connection.handle()) == 0)
        throw Error(Code::migration_failed, "run", name, "it leaves a transaction open: a COMMIT is missing");
    connection.run(usual_settings);
    return times;
}

void Migrator::release_files() {
    database();
    state_->close();
}

void Migrator::reopen_files() {
    state_->authorizer.written().everything = true; // whoever had the files may have written anything
    state_->open();
}

const WrittenTables& Migrator::written() const {
    return state_->authorizer.written();
}

Database& Migrator::database() {
    if (!state_->database)
        throw Error(Code::internal_error, "use the trial copy", state_->files[0].path,
                    "its files are released");
    return *state_->database;
}

void Migrator::finish() {
    Database& connection = database();
    state_->forget_cancel();
    for (std::size_t i = 0; i < state_->files.size(); ++i)
        require_same_header(
            connection, state_->schema(i), state_->headers[i],
            [&](const std::string& pragma) { return state_->authorizer.was_set(state_->schema(i), pragma); });
    state_->close();
}

} // namespace lockstep
