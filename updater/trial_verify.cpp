// Step 8: the trial copy is verified.
#include "payload/digest.h"
#include "payload/schema.h"
#include "payload/table_info.h"
#include "updater/trial.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

constexpr std::size_t shown_violations = 20;

void require_none(const std::vector<std::string>& violations, const std::string& subject,
                  const std::string& what) {
    if (violations.empty()) return;
    std::string cause = what;
    for (std::size_t i = 0; i < std::min(violations.size(), shown_violations); ++i)
        cause += "\n  " + violations[i];
    if (violations.size() > shown_violations)
        cause += "\n  and " + std::to_string(violations.size() - shown_violations) + " more";
    throw Error(Code::verification_failed, "accept the migrated database", subject, cause);
}

// Whether the live database is sound, its backup's check says; what SQLite finds wrong here is the trial
// copy.
Error as_fault_of_trial(const Error& error) {
    return error.code() == Code::live_damaged ? with_code(error, Code::verification_failed) : error;
}

} // namespace

Database opened_beside(const std::vector<DatabaseFile>& files, const std::vector<DatabaseFile>& before,
                       Code failure) {
    Database database(files[0].path, OpenMode::immutable, failure);
    for (std::size_t i = 1; i < files.size(); ++i)
        database.attach(files[i].path, files[i].name, OpenMode::immutable);
    attach_before(database, before, files[0].name);
    return database;
}

std::vector<std::string> names_in_order(const std::vector<DatabaseFile>& files) {
    std::vector<std::string> names;
    names.reserve(files.size());
    for (const DatabaseFile& file : files) names.push_back(file.name);
    return names;
}

void Trial::verify(const Expected& expected) {
    if (staying_files().empty()) return require_sound_backups();
    try {
        verify_virtual_tables_of_trials();
        beside_.begin([this] { verify_files(); });
        written_backups_.get();
        verify_contents(expected);
        hash_trials();
    } catch (const Error& error) {
        if (error.code() != Code::cancelled) beside_.wait(); // damage explains whatever else is wrong
        throw;
    }
    beside_.wait();
}

// They check themselves by a statement that counts as a write, so they are asked on their own.
void Trial::verify_virtual_tables_of_trials() try {
    for (const TrialDatabase& trial : databases_) {
        if (!trial.change.after) continue;
        Database database(trial.trial, OpenMode::read_write, Code::verification_failed);
        require_none(virtual_table_violations(database, "main"), trial.entry().path,
                     "a virtual table is damaged:");
    }
} catch (const Error& error) {
    throw as_fault_of_trial(error);
}

// Each whole file by itself, one after another: a connection each would take its memory.
void Trial::verify_files() try {
    for (const TrialDatabase& trial : databases_) {
        if (!trial.change.after) continue;
        files_.open(trial.trial)->begin_sync();
        Database database(trial.trial, OpenMode::immutable, Code::verification_failed);
        database.stop_when(&cancel_requested);
        require_none(integrity_violations(database, "main"), trial.entry().path, "it is damaged:");
    }
} catch (const Error& error) {
    throw as_fault_of_trial(error);
}

void Trial::hash_trials() {
    for (const TrialDatabase& trial : databases_) {
        stop_if_cancelled();
        if (trial.change.after) trial_sha256_[trial.entry().name] = sha256(*files_.open(trial.trial));
    }
}

void Trial::verify_contents(const Expected& expected) try {
    const auto staying = staying_files();
    Database database = opened_beside(staying, backup_files(), Code::verification_failed);
    database.stop_when(&cancel_requested);
    register_functions(database);
    for (const TrialDatabase& trial : databases_)
        if (trial.change.after) verify_relations(database, trial, staying[0].name);
    compare_schemas(database, expected);
    account_for_losses(database, expected);
    if (!expected.checks.empty())
        require_none(run_checks(database, expected.checks_name, expected.checks), expected.checks_name,
                     "a check found what must not be:");
} catch (const Error& error) {
    throw as_fault_of_trial(error);
}

void Trial::verify_relations(Database& database, const TrialDatabase& trial, const std::string& main) {
    stop_if_cancelled();
    const std::string& name = trial.entry().name;
    const std::string& path = trial.entry().path;
    const std::string schema = name == main ? "main" : name;
    const std::string before = trial.change.before ? before_schema(name, main) : std::string();
    if (database.integer("PRAGMA " + quoted_name(schema) + ".page_count").value_or(0) == 0)
        throw Error(Code::verification_failed, "accept the new database", path,
                    "no script put anything into it");
    require_none(foreign_key_violations(database, schema, before), path, "references are broken:");
    require_none(broken_objects(database, schema, before), path, "its schema is broken:");
}

void Trial::compare_schemas(Database& database, const Expected& expected) {
    for (const TrialDatabase& trial : databases_) {
        const auto accepted = expected.schemas.find(trial.entry().name);
        if (!trial.change.after || accepted == expected.schemas.end() || accepted->second.empty()) continue;
        const bool first = &trial == &databases_.front();
        const Fingerprint found =
            fingerprint_of(database, first ? "main" : trial.entry().name,
                           {trial.entry().mask_defaults, expected.declarations->ignore_tables});
        const bool fits = std::ranges::any_of(
            accepted->second, [&](const Fingerprint& schema) { return schema.sha256 == found.sha256; });
        if (!fits)
            require_none(schema_differences(accepted->second.front(), found), trial.entry().path,
                         "its schema is not the rehearsed one:");
    }
}

// The backups are the newer databases here, the trial copies the older.
Declarations Trial::declarations_for_the_way_back(const Declarations& forward) const {
    const auto newer = backup_files();
    Database database = opened_beside(newer, staying_files(), Code::verification_failed);
    return reverse_declarations(forward, database, names_in_order(newer));
}

// Tables that only the new schema has: a later rollback may drop what the migration put there, but not more.
std::map<std::string, std::int64_t> Trial::rows_of_new_tables(const TrialDatabase& trial) {
    Database database(trial.trial, OpenMode::immutable);
    std::set<std::string> older; // names in lower case
    if (trial.change.before) {
        Database before(trial.backup, OpenMode::immutable);
        for (const TableInfo& table : read_tables(before, "", "main")) older.insert(lower_case(table.name));
    }
    std::map<std::string, std::int64_t> rows;
    for (const TableInfo& table : read_tables(database, "", "main"))
        if (table.holds_values() && !older.contains(lower_case(table.name)))
            rows[table.name] = database.integer("SELECT count(*) FROM " + table.sql()).value_or(0);
    return rows;
}

void Trial::account_for_losses(Database& database, const Expected& expected) {
    const std::vector<std::string> names = names_in_order(staying_files());
    const Declarations declarations =
        expected.reverse ? declarations_for_the_way_back(*expected.declarations) : *expected.declarations;
    const auto violations = loss_violations(database, names, declarations, written_, &let_go_);
    std::vector<std::string> sentences;
    sentences.reserve(violations.size());
    for (const Violation& violation : violations) sentences.push_back(violation.message);
    if (sentences.empty()) return;
    std::string subject;
    for (const TrialDatabase& trial : databases_)
        subject += (subject.empty() ? "" : ", ") + trial.entry().path;
    try {
        require_none(sentences, subject, "the loss ledger doesn't balance:");
    } catch (Error& error) {
        // Nothing can be declared of the way back: it follows from what the way forward declares.
        const std::string missing = expected.reverse ? "" : paste_ready(violations, declarations);
        if (!missing.empty())
            error.advise(error.advice() +
                         "\nIf the release means this, release.toml has to say so, with these lines in place "
                         "of its own:\n" +
                         missing);
        throw;
    }
}

} // namespace lockstep
