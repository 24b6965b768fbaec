// A rollback's data: whether anything was written since the update, and what becomes of it.
#include "payload/digest.h"
#include "payload/language.h"
#include "payload/table_info.h"
#include "updater/prepare.h"
#include "updater/preview.h"
#include "updater/rollback.h"

#include <algorithm>
#include <map>

namespace lockstep {
namespace {

std::string sentence_of(const TableChange& change) {
    return "\n  table " + change.table + ": " + std::to_string(change.added) + " rows added, " +
           std::to_string(change.changed) + " changed, " + std::to_string(change.removed) + " removed";
}

struct RowsOfNewTable {
    std::int64_t committed = 0; // as the update left it
    std::int64_t now = 0;
};

std::string sentence_of(const std::string& table, const RowsOfNewTable& rows) {
    const std::int64_t added = rows.now - rows.committed;
    return "\n  table " + table + ": " +
           (added > 0
                ? std::to_string(added) + " rows added"
                : std::to_string(rows.now) + " rows, which can't be compared with what the update left");
}

} // namespace

bool Rollback::written() {
    const auto records = session_->ledger()->databases(update_.id);
    for (const TrialDatabase& database : trial_->databases())
        for (const DatabaseRecord& record : records)
            if (record.name == database.entry().name && record.committed_sha256 != database.live_sha256)
                return true;
    return false;
}

bool Rollback::can_revert() const {
    return before_ && std::ranges::all_of(migrations_, [](const Migration* migration) {
               return migration->steps.empty() || !migration->reverts.empty();
           });
}

void Rollback::revert_data() try {
    progress_.begin("migrate");
    require_nothing_new_dropped();
    trial_->copy_from_live();
    trial_->migrate(revert_steps(), manifest_.declarations, {}, 0);
    progress_.begin("verify the trial copy");
    Trial::Expected expected;
    expected.declarations = &manifest_.declarations;
    expected.schemas = before_->schemas;
    expected.reverse = true;
    trial_->verify(expected);
    data_ = say(Message::taken_back_reverted,
                {Layout::backup_folder(session_->layout().kept(session_->transaction()))});
} catch (Error& error) {
    // The general advice is an update's: to go on with the old version.
    if (error.code() == Code::migration_failed || error.code() == Code::verification_failed)
        error.advise(say(Message::stay_or_set_aside, {update_.to_version}));
    throw;
}

// Whether the table was renamed, or all that it holds beside its key came from another table's columns: that
// goes back, and the loss ledger holds it to account.
bool Rollback::returns(Database& newer, const std::string& table) const {
    if (std::ranges::any_of(manifest_.declarations.renamed_tables, [&](const auto& renamed) {
            return ("." + lower_case(renamed.second)).ends_with("." + lower_case(table));
        }))
        return true;
    const auto columns = newer.texts("SELECT name FROM pragma_table_xinfo(" + quoted_text(table) +
                                     ") WHERE pk = 0 AND hidden = 0");
    return !columns.empty() && std::ranges::all_of(columns, [&](const std::string& column) {
        return std::ranges::any_of(manifest_.declarations.moved_columns, [&](const auto& moved) {
            const std::string place = "." + lower_case(table + "." + column);
            return ("." + lower_case(moved.second)).ends_with(place);
        });
    });
}

// A table that only the newer version has can't go back: what was written to it since would be lost.
void Rollback::require_nothing_new_dropped() {
    std::map<std::pair<std::string, std::string>, RowsOfNewTable> counted; // by database and table
    for (const DatabaseRecord& record : session_->ledger()->databases(update_.id))
        for (const TrialDatabase& trial : trial_->databases()) {
            if (trial.entry().name != record.name || !trial.live) continue;
            Database newer(trial.backup, OpenMode::immutable);
            for (const auto& [table, rows] : record.committed_rows)
                if (!returns(newer, table))
                    counted[{record.name, table}] = {
                        rows, newer.integer("SELECT count(*) FROM " + quoted_name(table)).value_or(0)};
        }
    if (counted.empty()) return;
    std::string lost;
    const auto changes = changes_since();
    for (const TableChange& change : changes.value_or(std::vector<TableChange>{}))
        if (counted.contains({change.database, change.table}) && change.added + change.changed > 0)
            lost += sentence_of(change);
    if (!changes) // rows can be counted, and not compared
        for (const auto& [place, rows] : counted)
            if (rows.now > 0) lost += sentence_of(place.second, rows);
    if (!lost.empty())
        refuse("what was written since to tables that the older version doesn't have would be lost:" + lost);
}

void Rollback::refuse(const std::string& reason) {
    throw Error(Code::not_recognised, "roll back", session_->layout().root(), reason)
        .advise(say(Message::stay_or_set_aside, {update_.to_version}));
}

// The update's scripts and programs are run again on the backup: what differs from that in the live database
// was written since. Nothing where they can't be run again here.
std::optional<std::vector<TableChange>> Rollback::changes_since() {
    try {
        if (needs_prepared(migrations_)) {
            bring_prepared(*session_, update_.manifest_sha256);
            trial_->have_prepared(Layout::prepared_copy(session_->work()));
        }
        trial_->migrate(forward_steps(), manifest_.declarations,
                        program_runner(*session_, {}, trial_->databases()), 0);
    } catch (const Error& error) {
        if (error.code() == Code::cancelled || error.code() == Code::no_room_or_right) throw;
        notes_.push_back(std::string("What was written since can't be counted row by row: ") + error.what());
        return std::nullopt;
    }
    const auto newer = trial_->backup_files();
    Database database = opened_beside(newer, trial_->trial_files_of_live(), Code::internal_error);
    return table_changes(database, names_in_order(newer));
}

std::string Rollback::written_since() {
    std::string text =
        "the database was written to since the update, and this update has no way to take that back:";
    const auto changes = changes_since();
    if (!changes) return text + "\n  (what was written can't be counted)";
    if (changes->empty()) text += "\n  no row of any table differs from what the update left";
    for (const TableChange& change : *changes) text += sentence_of(change);
    return text;
}

std::string Rollback::kept_text(const Script& script) const {
    const std::string path = Layout::script(session_->layout().kept(update_.id), script.sha256);
    std::string text = read_text(files_, path, script.size);
    if (sha256(text) != script.sha256)
        throw Error(Code::verification_failed, "use the kept script", path, "it is damaged");
    return text;
}

std::vector<TrialStep> Rollback::revert_steps() const {
    std::vector<TrialStep> steps;
    for (auto migration = migrations_.rbegin(); migration != migrations_.rend(); ++migration)
        for (const Script& script : (*migration)->reverts)
            steps.push_back({script.name, script.sha256, kept_text(script), {}});
    return steps;
}

std::vector<TrialStep> Rollback::forward_steps() const {
    std::vector<TrialStep> steps;
    for (const Migration* migration : migrations_)
        for (const Step& step : steps_for(*migration, update_.platform)) {
            if (step.script)
                steps.push_back({step.script->name, step.script->sha256, kept_text(*step.script), {}});
            else
                steps.push_back({step.program->name, {}, {}, step.program});
        }
    return steps;
}

} // namespace lockstep
