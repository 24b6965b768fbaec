#include "packaging/draft.h"

#include "packaging/draft_account.h"
#include "packaging/draft_script.h"
#include "packaging/draft_trial.h"
#include "packaging/followable_decisions.h"
#include "packaging/schema_report.h"
#include "packaging/virtual_tables.h"
#include "payload/schema.h"

namespace lockstep {
namespace {

std::string script_head(const SchemaComparison& comparison, const DraftPlan& plan,
                        const std::string& declarations) {
    std::string head = "Drafted by lockstep: " + comparison_summary(comparison) + ".\n";
    const std::size_t open = open_decisions(plan).size();
    if (open == 0)
        head += "No decision is open: it runs as it stands. Rehearse it before you trust it.\n";
    else
        head += "It does not run as it stands: look for DECIDE. Answer in a file, and draft again with\n"
                "--decisions FILE.toml, or write what is missing here and remove the first statement.\n";
    head +=
        "Each table is built new, filled, and only then takes the old one's place; nothing is dropped that\n"
        "still holds something, unless somebody decided so.\n";
    if (!declarations.empty()) head += "\nFor release.toml:\n" + declarations;
    return head;
}

// What the release gives back to the version before it; nothing where something is lost for good.
std::string draft_revert(const DraftInput& input, const DraftPlan& plan, const std::string& work,
                         std::vector<std::string>& reasons) {
    WayBack back = way_back(input, plan);
    reasons = back.reasons;
    if (!reasons.empty()) return "";
    const DraftInput turned{input.database, input.newer, input.older, back.pairing, back.decisions, true};
    const SchemaComparison comparison = compare_schemas(turned.older, turned.newer, turned.pairing);
    const DraftPlan plan_back = plan_draft(turned, comparison);
    reasons = open_decisions(plan_back);
    if (!reasons.empty()) return "";
    std::string script =
        draft_script(turned, plan_back,
                     "The way back, drafted by lockstep. What only the new version has goes; the updater\n"
                     "refuses where something was written there since.\n");
    try_draft(turned, "revert.sql", script, work);
    return script;
}

// What no schema tells: rows that the new one has no room for.
void ask_where_it_stops(const DraftInput& input, const SchemaComparison& comparison, DraftPlan& plan,
                        Draft& draft, const std::string& work) {
    const auto stopped = try_on_rows(input, "all.sql", draft.script, work);
    if (!stopped) return;
    open_at(input, plan, script_head(comparison, plan, draft.declarations), stopped->line,
            "the script does not run on the rows of the old database: " + stopped->reason +
                ". Mend these rows, or say what becomes of them:\n[expressions]\n\"….…\" = \"…\"");
    draft.script = draft_script(input, plan, script_head(comparison, plan, draft.declarations));
}

} // namespace

Draft make_draft(ComparedDatabases& both, const Decisions& decisions, const std::string& work) try {
    require_engine_support(both.database, both.older.schema);
    require_engine_support(both.database, both.newer.schema);
    read_virtual_columns(both.database, both.older);
    read_virtual_columns(both.database, both.newer);
    require_known_places(decisions, both.older, both.newer);
    const Pairing pairing = pair_schemas(both.database, both.older, both.newer, decisions);
    const DraftInput input{both.database, both.older, both.newer, pairing, decisions, false};
    require_followable(input);
    const SchemaComparison comparison = compare_schemas(both.older, both.newer, pairing);
    DraftPlan plan = plan_draft(input, comparison);
    Draft draft;
    draft.declarations = draft_declarations(input, plan);
    draft.script = draft_script(input, plan, script_head(comparison, plan, draft.declarations));
    draft.checks = draft_checks(input, plan);
    draft.offers = plan.offers;
    if (open_decisions(plan).empty()) {
        try_draft(input, "all.sql", draft.script, work);
        ask_where_it_stops(input, comparison, plan, draft, work);
    }
    draft.open = open_decisions(plan);
    if (!draft.open.empty()) return draft;
    draft.revert = draft_revert(input, plan, work, draft.no_way_back);
    return draft;
} catch (const Error& error) {
    throw with_code(error, Code::wrong_usage);
}

} // namespace lockstep
