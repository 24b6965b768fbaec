#include "packaging/combined_sql.h"

#include "packaging/migrations.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "payload/migration.h"
#include "payload/sql_text.h"
#include "payload/sqlite.h"
#include "payload/version.h"
#include "updater/file_system.h"

#include <algorithm>
#include <compare>
#include <set>

namespace lockstep {
namespace {

constexpr std::string_view keys_off = "PRAGMA foreign_keys=OFF;\n";

bool is_any(const SqlToken& token, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return is_word(token, word); });
}

bool begins_trigger(SqlTokens tokens) {
    if (tokens.size() < 3 || !is_word(tokens[0], "create")) return false;
    return is_word(tokens[1], "trigger") ||
           (is_any(tokens[1], {"temp", "temporary"}) && is_word(tokens[2], "trigger"));
}

// Whether a statement begins with one of these words; those within a trigger don't count.
bool has_statement(const std::string& sql, std::initializer_list<std::string_view> words) {
    const std::vector<SqlToken> tokens = tokens_of(sql);
    bool first = true; // of a statement
    bool in_trigger = false;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (first && !in_trigger && is_any(tokens[i], words)) return true;
        if (first && in_trigger && is_word(tokens[i], "end")) in_trigger = false;
        if (first && begins_trigger(SqlTokens(tokens).subspan(i))) in_trigger = true;
        first = is_sign(tokens[i], ";");
    }
    return false;
}

// Keeps one transaction open over scripts that leave it to us, and none over those that don't.
class Envelope {
  public:
    void add(const Script& script, const std::string& text) {
        if (has_own_transaction(text))
            add_alone(script.name + " (it holds its own transaction)", text);
        else if (has_statement(text, {"vacuum"}))
            add_alone(script.name + " (VACUUM runs in no transaction)", text);
        else
            add_within(script.name, text);
    }

    std::string finish() {
        commit();
        return std::move(sql_);
    }

  private:
    // Such a script may end with PRAGMA foreign_keys=ON, as SQLite's own recipe does; left on, the next one's
    // DROP TABLE would delete the rows that refer to it.
    void add_alone(const std::string& title, const std::string& text) {
        commit();
        sql_ += "\n-- ===== " + title + " =====\n";
        sql_ += keys_off;
        add_text(text);
        sql_ += keys_off;
    }

    void add_within(const std::string& title, const std::string& text) {
        begin();
        sql_ += "\n-- ===== " + title + " =====\n";
        add_text(text);
    }

    void add_text(const std::string& text) {
        sql_ += text;
        const auto tokens = tokens_of(text);
        if (!tokens.empty() && !is_sign(tokens.back(), ";")) sql_ += "\n;";
        sql_ += '\n';
    }

    void begin() {
        if (!open_) sql_ += "\n" + std::string(keys_off) + "BEGIN;\n";
        open_ = true;
    }
    void commit() {
        if (open_) sql_ += "\nCOMMIT;\n";
        open_ = false;
    }

    std::string sql_;
    bool open_ = false;
};

void require_versions(const Release& release, const std::string& from, const std::string& to) {
    for (const std::string& version : {from, to})
        if (!is_version(version)) throw Error(Code::wrong_usage, "use", version, "it is not a version X.Y.Z");
    const std::string& lowest = release.previous.front().version;
    if (std::is_lt(compare_versions(from, lowest)))
        throw Error(Code::wrong_usage, "begin at", from, "the release begins at " + lowest);
    if (std::is_gt(compare_versions(to, release.version)))
        throw Error(Code::wrong_usage, "go to", to, "the release ends at " + release.version);
    if (std::is_gteq(compare_versions(from, to)))
        throw Error(Code::wrong_usage, "go from", from + " to " + to, "the second is not above the first");
}

std::string read_plain_script(const MigrationSource& source, const Script& script) {
    std::string text = read_text(system_files(), source.path, script_limit);
    const std::set<std::string> functions = engine_functions_in(text);
    if (functions.empty()) return text;
    std::string names;
    for (const std::string& name : functions) names += (names.empty() ? "" : ", ") + name + "()";
    throw Error(Code::wrong_usage, "write out", script.name,
                "it uses " + names + ", which only Lockstep has");
}

// What comes out without them is another schema or other data than any installation gets.
void require_platform(const Migration& migration, const std::string& platform) {
    const bool differs =
        std::ranges::any_of(migration.steps, [](const Step& step) { return !step.platform.empty(); });
    if (differs && platform.empty())
        throw Error(Code::wrong_usage, "choose the scripts of version", migration.version,
                    "they differ by platform, and none was named")
            .advise("Give --platform NAME.");
}

void add_step(Envelope& envelope, const Migrations& all, const Step& step, const std::string& platform) {
    if (!step.platform.empty() && step.platform != platform) return;
    if (step.program)
        throw Error(Code::wrong_usage, "write out", step.program->name,
                    "it is a program, which no SQL script can run");
    envelope.add(*step.script, read_plain_script(all.sources.at(step.script->name), *step.script));
}

std::string header(const Release& release, const std::string& from, const std::string& to, bool prepares) {
    std::string text = "-- " + release.product + " " + from + " to " + to + "\n" +
                       "-- On a copy, and so that the first error ends it: sqlite3 -bail COPY.db < this\n";
    for (const DatabaseEntry& database : release.databases) {
        const bool gone = database.retired && compare_versions(*database.retired, from) <= 0;
        const bool to_come = database.since && compare_versions(*database.since, to) > 0;
        if (gone || to_come || &database == &release.databases.front()) continue;
        text += "ATTACH " + quoted_text(database.path) + " AS " + quoted_name(database.name) + ";\n";
    }
    if (prepares) text += "ATTACH '' AS prepared;\n"; // a file that is removed at the end
    return text + std::string(keys_off);
}

std::string footer(const Release& release, const std::string& from, const std::string& to) {
    std::string text = "PRAGMA foreign_key_check;\n";
    for (const DatabaseEntry& database : release.databases)
        if (lives_in(database, from) && !lives_in(database, to))
            text +=
                "-- Version " + to + " has no " + database.path + ": move it away when this has succeeded.\n";
    return text;
}

} // namespace

bool has_own_transaction(const std::string& sql) {
    return has_statement(sql, {"begin", "commit", "end", "rollback"});
}

std::string combined_sql(const Release& release, const std::string& from, const std::string& to,
                         const std::string& platform) {
    require_versions(release, from, to);
    if (!platform.empty() && std::ranges::find(release.platforms, platform) == release.platforms.end())
        throw Error(Code::wrong_usage, "use the platform", platform, "release.toml doesn't name it");
    const Migrations all = read_migrations(release);
    Envelope envelope;
    bool prepares = false;
    for (const Migration& migration : all.migrations) {
        if (std::is_lteq(compare_versions(migration.version, from)) ||
            std::is_gt(compare_versions(migration.version, to)))
            continue;
        require_platform(migration, platform);
        for (const Step& step : migration.steps) add_step(envelope, all, step, platform);
        prepares = prepares || std::ranges::any_of(migration.steps, &Step::prepares);
    }
    return header(release, from, to, prepares) + envelope.finish() + footer(release, from, to);
}

} // namespace lockstep
