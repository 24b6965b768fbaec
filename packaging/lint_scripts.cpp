#include "packaging/lint_parts.h"
#include "packaging/sqlite_features.h"
#include "payload/sql_text.h"

#include <algorithm>
#include <array>
#include <span>

namespace lockstep {
namespace {

// Each has its own result on each laptop, or at each time.
constexpr std::array<std::string_view, 5> random_functions{"random", "randomblob", "current_date",
                                                           "current_time", "current_timestamp"};
constexpr std::array<std::string_view, 7> date_functions{"date",      "time",     "datetime", "julianday",
                                                         "unixepoch", "strftime", "timediff"};
// https://sqlite.org/lang_datefunc.html: what stands for the time of running, and the laptop's time zone
constexpr std::array<std::string_view, 3> moving_times{"now", "localtime", "utc"};
constexpr std::array<std::string_view, 4> ordered_functions{"group_concat", "json_group_array",
                                                            "json_group_object", "string_agg"};

template <std::size_t count>
bool is_among(const std::string& word, const std::array<std::string_view, count>& words) {
    return std::ranges::find(words, word) != words.end();
}

// datetime(): without an argument it is the time of running.
bool calls_without_time(SqlTokens tokens) {
    for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
        if (tokens[i].kind == SqlKind::word && is_among(ascii_lower(tokens[i].text), date_functions) &&
            is_sign(tokens[i + 1], "(") && is_sign(tokens[i + 2], ")"))
            return true;
    return false;
}

bool has_order(SqlTokens tokens) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
        if (is_word(tokens[i], "order") && is_word(tokens[i + 1], "by")) return true;
    return false;
}

// LIMIT of a query that says no order, at each depth of parentheses.
bool limits_without_order(SqlTokens tokens) {
    std::vector<bool> ordered{false};
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (is_sign(tokens[i], "(")) ordered.push_back(false);
        if (is_sign(tokens[i], ")") && ordered.size() > 1) ordered.pop_back();
        if (is_word(tokens[i], "order") && is_word(tokens[i + 1], "by")) ordered.back() = true;
        if (is_word(tokens[i], "limit") && !ordered.back()) return true;
    }
    return false;
}

// OR IGNORE, OR REPLACE, REPLACE INTO: rows go without a word. replace(…) is a function.
std::string silent_conflict(SqlTokens tokens) {
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (is_word(tokens[i], "or") && is_word(tokens[i + 1], "ignore")) return "OR IGNORE";
        if (is_word(tokens[i], "or") && is_word(tokens[i + 1], "replace") &&
            (i + 2 >= tokens.size() || !is_sign(tokens[i + 2], "(")))
            return "OR REPLACE";
    }
    return !tokens.empty() && is_word(tokens[0], "replace") ? "REPLACE" : "";
}

class ScriptLint {
  public:
    ScriptLint(const LintTables& tables, const LintTrial& trial, std::vector<Risk>& risks)
        : tables_(tables), trial_(trial), risks_(risks) {}

    void lint() {
        if (trial_.failure) add_failure();
        for (const SurveyedStatement& statement : trial_.survey.statements) {
            look_for_chance(statement);
            look_for_order(statement);
            look_for_loss(statement);
        }
    }

  private:
    void add(RiskKind kind, const std::string& place, const std::string& message, const std::string& advice) {
        risks_.push_back({.kind = kind, .place = place, .message = message, .advice = advice});
    }

    void add_failure() {
        std::string tables;
        for (const SurveyedStatement& statement : trial_.survey.statements)
            if (statement.place == trial_.failure->subject())
                for (const auto& [schema, table] : statement.written)
                    tables += (tables.empty() ? " (it writes to " : ", ") + table;
        add(RiskKind::migration_fails, trial_.failure->subject(),
            trial_.failure->cause() + (tables.empty() ? "" : tables + ")"),
            "On a laptop with such data the update ends here, and changes nothing.");
        const std::vector<std::string> needed =
            features_above(trial_.survey.refused ? trial_.survey.refused_text : "", engine_sqlite());
        for (const std::string& feature : needed)
            add(RiskKind::newer_sqlite, trial_.failure->subject(),
                feature + "; the engine has " + engine_sqlite(), "Say it in words that the engine knows.");
    }

    void look_for_chance(const SurveyedStatement& statement) {
        const std::vector<SqlToken> tokens = tokens_of(statement.text);
        bool takes_time = calls_without_time(tokens);
        for (const std::string& function : statement.functions) {
            if (is_among(function, random_functions))
                add(RiskKind::not_deterministic, statement.place,
                    function + " gives something else on each laptop, and at each rehearsal",
                    "Reckon it from the row itself: uuid5(namespace, key) or sha256(key); a fixed time.");
            takes_time = takes_time || (is_among(function, date_functions) &&
                                        std::ranges::any_of(moving_times, [&](std::string_view word) {
                                            return statement.constants.contains(std::string(word));
                                        }));
        }
        if (takes_time)
            add(RiskKind::not_deterministic, statement.place,
                "it takes the time of running, or the laptop's time zone, into the data",
                "Give a fixed time, or one that stands in the row.");
    }

    void look_for_order(const SurveyedStatement& statement) {
        const std::vector<SqlToken> tokens = tokens_of(statement.text);
        if (!statement.gives_ids_to.empty() && !has_order(tokens))
            add(RiskKind::not_deterministic, statement.place,
                "the new rows of " + statement.gives_ids_to +
                    " get their ids in the order in which SQLite happens to read",
                "Add ORDER BY a key, or give the ids.");
        if (limits_without_order(tokens))
            add(RiskKind::not_deterministic, statement.place,
                "LIMIT without ORDER BY takes whichever rows SQLite reads first", "Add ORDER BY a key.");
        for (const std::string& function : statement.functions)
            if (is_among(function, ordered_functions) && !has_order(tokens))
                add(RiskKind::not_deterministic, statement.place,
                    function + " puts values together in the order in which SQLite happens to read",
                    "Let it read from a query with ORDER BY a key.");
    }

    void look_for_loss(const SurveyedStatement& statement) {
        const std::vector<SqlToken> tokens = tokens_of(statement.text);
        const std::string conflict = silent_conflict(tokens);
        for (const auto& table : statement.deleted_from)
            if (!statement.dropped.contains(table))
                add_destructive(statement, final_name(statement, table), "deletes rows of ");
        for (const auto& table : statement.written)
            if (!conflict.empty() && !statement.deleted_from.contains(table))
                add_destructive(statement, final_name(statement, table),
                                conflict +
                                    (conflict == "OR IGNORE" ? " leaves rows out of " : " takes rows of "));
    }

    // A table that is built under another name gets its own by a later statement.
    std::pair<std::string, std::string> final_name(const SurveyedStatement& statement,
                                                   std::pair<std::string, std::string> table) const {
        for (const SurveyedStatement& later : std::span(&statement, &trial_.survey.statements.back() + 1))
            if (later.renamed == table.second) table.second = later.new_name;
        return table;
    }

    void add_destructive(const SurveyedStatement& statement, const std::pair<std::string, std::string>& table,
                         const std::string& what) {
        if (may_shrink(table)) return;
        const std::string name = table.first == "main" ? table.second : table.first + "." + table.second;
        const std::string key = table.first == "main" ? name : "\"" + name + "\"";
        add(RiskKind::destructive_step, statement.place,
            "it " + what + name + ", and the release says no max_shrink for it",
            "Where rows may go: max_shrink = { " + key + " = \"100%\" }, or a lower share or number.");
    }

    // By declaration, or because no old row can be in it.
    bool may_shrink(const std::pair<std::string, std::string>& name) const {
        const DeclarationLookup& declared = tables_.account().declared();
        for (const TableAccount& account : tables_.account().tables()) {
            const TableInfo& older = *account.older;
            const bool same_database = name.first == newer_schema(older);
            const bool is_it = same_name(older.name, name.second) ||
                               (account.newer && same_name(account.newer->name, name.second));
            if (same_database && is_it)
                return declared.max_shrink(older) || declared.dropped(older) || declared.ignores(older);
        }
        return true;
    }

    // The connection's name under which scripts know an old table's database.
    std::string newer_schema(const TableInfo& older) const {
        return older.database == trial_.before.at(0).name ? "main" : ascii_lower(older.database);
    }

    const LintTables& tables_;
    const LintTrial& trial_;
    std::vector<Risk>& risks_;
};

} // namespace

void lint_scripts(const LintTables& tables, const LintTrial& trial, std::vector<Risk>& risks) {
    ScriptLint(tables, trial, risks).lint();
}

} // namespace lockstep
