#include "packaging/lint.h"

#include "packaging/lint_functions.h"
#include "packaging/lint_parts.h"
#include "packaging/sqlite_features.h"
#include "updater/trial.h"

#include <algorithm>
#include <tuple>

namespace lockstep {
namespace {

void lint_databases(const Release& release, const LintRequest& request, const LintTrial& trial,
                    std::vector<Risk>& risks) {
    Database database = opened_beside(trial.after, trial.before, Code::wrong_usage);
    register_functions(database);
    register_lint_functions(database);
    const LintTables tables(database, names_in_order(trial.after), release.declarations, trial);
    lint_scripts(tables, trial, risks);
    lint_losses(database, trial, release.declarations, risks);
    lint_columns(tables, request.show_values, risks);
    lint_duplicates(tables, request.show_values, risks);
    lint_references(tables, request.show_values, risks);
    lint_dates(tables, request.show_values, risks);
    lint_changes(tables, request.show_values, risks); // which asks what is no date
    if (request.app_sqlite) lint_app_sqlite(tables, trial.after, *request.app_sqlite, risks);
}

void note_what_is_unknown(const LintTrial& trial, LintReport& report) {
    report.notes = trial.notes;
    if (trial.failure)
        report.notes.push_back("The migration ended at " + trial.failure->subject() +
                               ": what it would have made of the rows is not known.");
    if (trial.survey.refused)
        report.notes.push_back("The scripts could not be read beyond " + trial.survey.refused->subject() +
                               ": " + trial.survey.refused->cause());
}

// Where there are several databases, a place says which.
void name_databases(std::vector<Risk>& risks) {
    for (Risk& risk : risks)
        if (!risk.database.empty()) risk.place = risk.database + "." + risk.place;
}

} // namespace

LintReport lint(const Release& release, const LintRequest& request) {
    if (request.app_sqlite) require_sqlite_version(*request.app_sqlite);
    const LintTrial trial = try_release(release, request.copies, request.platform, request.work);
    LintReport report{.product = release.product, .from = trial.from, .to = release.version};
    report.migrated = trial.migrated;
    lint_databases(release, request, trial, report.risks);
    if (trial.before.size() > 1) name_databases(report.risks);
    lint_entry_points(release, report.risks);
    note_what_is_unknown(trial, report);
    std::ranges::stable_sort(report.risks, {},
                             [](const Risk& risk) { return std::tuple(risk.kind, risk.database); });
    return report;
}

} // namespace lockstep
