#include "packaging/script_survey.h"

#include "payload/script.h"
#include "payload/script_authorizer.h"
#include "payload/sql_text.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace lockstep {
namespace {

// A row of EXPLAIN.
struct Operation {
    std::string name;
    std::int64_t p1 = 0;
    std::int64_t p2 = 0;
    std::string p4;
};

// Refuses what the engine refuses, and notes what is taken away.
class Observer {
  public:
    Observer(const std::string& first_name, bool journal) : rules_(first_name, journal) {}

    void watch(Database& database) { sqlite3_set_authorizer(database.handle(), &ask, this); }
    static void unwatch(Database& database) { sqlite3_set_authorizer(database.handle(), nullptr, nullptr); }

    void begin(SurveyedStatement& statement) {
        rules_.begin_statement();
        statement_ = &statement;
    }
    void begin_running(std::string_view text) {
        rules_.begin_running(text);
        statement_ = nullptr;
    }
    const std::string& refusal() const { return rules_.refusal(); }

  private:
    static int ask(void* observer, int action, const char* first, const char* second, const char* schema,
                   const char* /*trigger or view*/) noexcept {
        return static_cast<Observer*>(observer)->answer(action, first, second, schema);
    }

    int answer(int action, const char* first, const char* second, const char* schema) {
        if (statement_ && action == SQLITE_ALTER_TABLE && second) statement_->renamed = ascii_lower(second);
        if (statement_ && first && schema) note(action, {ascii_lower(schema), ascii_lower(first)});
        return rules_.answer(action, first, second, schema);
    }

    void note(int action, const std::pair<std::string, std::string>& table) {
        if (table.first == "temp" || table.second.starts_with("sqlite_")) return;
        if (action == SQLITE_DROP_TABLE || action == SQLITE_DROP_VTABLE) statement_->dropped.insert(table);
        if (action == SQLITE_DELETE) statement_->deleted_from.insert(table);
        if (action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE)
            statement_->written.insert(table);
    }

    ScriptAuthorizer rules_;
    SurveyedStatement* statement_ = nullptr;
};

std::vector<Operation> program_of(Database& database, std::string_view text) {
    std::vector<Operation> program;
    Statement rows = database.prepare("EXPLAIN " + std::string(text));
    while (rows.step()) program.push_back({rows.text(1), rows.integer(2), rows.integer(3), rows.text(5)});
    return program;
}

bool is_any(const std::string& name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

// The table of an Insert by which rows come that were given no id: NewRowid, unless it is passed over where
// an id was given (NotNull jumps past it).
std::string table_with_new_ids(const std::vector<Operation>& program) {
    const bool loops = std::ranges::any_of(program, [](const Operation& one) {
        return is_any(one.name, {"Next", "Prev", "SorterNext", "VNext"});
    });
    for (std::size_t i = 0; loops && i < program.size(); ++i) {
        if (program[i].name != "NewRowid") continue;
        const bool only_for_null = i > 0 && program[i - 1].name == "NotNull" &&
                                   program[i - 1].p2 == static_cast<std::int64_t>(i) + 1;
        const auto insert = std::find_if(
            program.begin() + static_cast<std::ptrdiff_t>(i), program.end(),
            [&](const Operation& one) { return one.name == "Insert" && one.p1 == program[i].p1; });
        if (!only_for_null && insert != program.end()) return insert->p4;
    }
    return "";
}

bool has_rowid_column(Database& database, const std::string& table) {
    Statement row = database.prepare("SELECT count(*) = 1 AND max(upper(type) = 'INTEGER') FROM "
                                     "pragma_table_info(?) WHERE pk > 0");
    return row.bind(1, table).step() && row.integer(0) != 0;
}

class Surveyor {
  public:
    Surveyor(const std::vector<DatabaseFile>& files, const Declarations& declarations)
        : observer_(files.at(0).name, declarations.journal),
          database_(files[0].path, OpenMode::read_write, Code::migration_failed) {
        for (std::size_t i = 1; i < files.size(); ++i)
            database_.attach(files[i].path, files[i].name, OpenMode::read_write);
        database_.run("PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF");
        register_functions(database_);
    }

    ScriptSurvey survey(const std::vector<SurveyedScript>& scripts) {
        for (const SurveyedScript& script : scripts)
            if (!result_.refused) survey_one(script);
        return std::move(result_);
    }

  private:
    void survey_one(const SurveyedScript& script) {
        observer_.watch(database_);
        ScriptReader reader(database_, script.name, script.text);
        SurveyedStatement statement;
        try {
            for (observer_.begin(statement); reader.next(); observer_.begin(statement)) {
                observer_.begin_running(reader.text());
                look_at(reader, statement);
                run(reader);
                result_.statements.push_back(std::move(statement));
                statement = {};
            }
        } catch (const Error& error) {
            const bool refused = !observer_.refusal().empty();
            result_.refused = refused ? reader.error(Code::migration_failed, observer_.refusal()) : error;
            result_.refused_text = reader.text();
        }
        Observer::unwatch(database_);
        if (sqlite3_get_autocommit(database_.handle()) == 0) database_.run("COMMIT");
    }

    void look_at(const ScriptReader& reader, SurveyedStatement& statement) {
        statement.place = reader.place();
        statement.text = std::string(reader.text());
        const std::vector<SqlToken> tokens = tokens_of(statement.text);
        note_new_name(tokens, statement);
        if (is_word(tokens.at(0), "pragma") || is_word(tokens[0], "explain")) return; // EXPLAIN would run it
        const std::vector<Operation> program = program_of(database_, reader.text());
        for (const Operation& one : program) {
            if (is_any(one.name, {"Function", "PureFunc", "AggStep", "AggStep1"}))
                statement.functions.insert(ascii_lower(one.p4.substr(0, one.p4.find('('))));
            if (one.name == "String8") statement.constants.insert(ascii_lower(one.p4));
        }
        const std::string table = table_with_new_ids(program);
        if (!table.empty() && has_rowid_column(database_, table)) statement.gives_ids_to = table;
    }

    // SQLite says which table is altered, not how.
    static void note_new_name(SqlTokens tokens, SurveyedStatement& statement) {
        if (statement.renamed.empty()) return;
        for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
            if (is_word(tokens[i], "rename") && is_word(tokens[i + 1], "to"))
                statement.new_name = ascii_lower(unquoted(tokens[i + 2]));
        if (statement.new_name.empty()) statement.renamed.clear();
    }

    // Without rows a statement may fail that succeeds with them.
    void run(ScriptReader& reader) {
        try {
            while (reader.step()) {
            }
        } catch (const Error& error) {
            if (error.code() != database_.failure()) throw;
        }
    }

    ScriptSurvey result_;
    Observer observer_;
    Database database_;
};

} // namespace

ScriptSurvey survey_scripts(const std::vector<DatabaseFile>& files, const Declarations& declarations,
                            const std::vector<SurveyedScript>& scripts) {
    return Surveyor(files, declarations).survey(scripts);
}

} // namespace lockstep
