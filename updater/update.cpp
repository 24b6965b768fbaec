#include "updater/update.h"

#include "payload/language.h"
#include "payload/schema.h"
#include "updater/bundle_folder.h"
#include "updater/data_amount.h"
#include "updater/let_go.h"
#include "updater/lost_history.h"
#include "updater/preflight.h"
#include "updater/prepare.h"
#include "updater/preview.h"
#include "updater/preview_folder.h"
#include "updater/report.h"
#include "updater/staging.h"
#include "updater/transaction_end.h"
#include "updater/trust_store.h"

#include <algorithm>

namespace lockstep {

Update::Update(FileSystem& files, const Request& request, Progress& progress)
    : files_(files), request_(request), progress_(progress) {}

Outcome Update::run() {
    lock_and_recover();
    verify_bundle();
    if (!chosen_.file) return nothing_to_do(say(Message::no_bundle, {request_.from}));
    if (!recognise()) return nothing_to_do(say(Message::up_to_date, {chosen_.bundle.manifest.version}));
    check_preflight();
    if (request_.prepare) return prepare();
    begin();
    try {
        return work();
    } catch (const std::exception&) {
        throw end_failed(*session_, trial_, caught_error());
    }
}

Outcome Update::work() {
    stage();
    lock_and_copy();
    migrate();
    verify_trial();
    check_health();
    if (!request_.preview.empty()) leave_preview();
    if (request_.check_only || !request_.preview.empty()) return finished();
    swap();
    return finished();
}

void Update::lock_and_recover() {
    progress_.begin("lock");
    session_ = std::make_unique<Session>(files_, request_, progress_);
    notes_ = session_->recovered();
    if (!session_->lost_history().empty()) notes_.push_back(session_->lost_history());
}

void Update::verify_bundle() {
    progress_.begin("verify");
    if (!request_.bundle.empty())
        chosen_ = open_bundle(*session_, request_.bundle, false);
    else if (!request_.from.empty())
        choose_from_folder();
    else
        chosen_ = open_bundle(*session_, request_.executable, true);
}

// The best bundle that fits what is installed; where none fits, the error of the best.
void Update::choose_from_folder() {
    const FolderOfBundles found = bundles_in(*session_, request_.from);
    notes_.insert(notes_.end(), found.passed_over.begin(), found.passed_over.end());
    if (found.paths.empty() && !found.refused.empty()) throw all_refused(request_.from, found.refused);
    for (const Error& error : found.refused) notes_.emplace_back(error.what());
    std::optional<Error> first;
    for (const std::string& path : found.paths) {
        chosen_ = open_bundle(*session_, path, false);
        try {
            try_to_recognise();
            return;
        } catch (const Error& error) {
            if (error.code() != Code::not_recognised) throw;
            if (!first) first = error;
            notes_.push_back(path + " was passed over. " + error.what());
        }
    }
    chosen_ = {};
    if (first) throw *first;
}

bool Update::recognise() {
    progress_.begin("recognise");
    if (request_.from.empty() || !found_.revision) try_to_recognise();
    if (!found_.local_changes.empty())
        for (const std::string& change : found_.local_changes)
            notes_.push_back(change + "; it is kept with the backup");
    tell_what_is_done();
    return !found_.up_to_date;
}

void Update::tell_what_is_done() {
    const Manifest& manifest = chosen_.bundle.manifest;
    progress_.about({manifest.product, found_.revision ? found_.revision->version : std::string(),
                     manifest.version, estimate_.value_or(Estimate()).phase_seconds});
}

bool Update::try_to_recognise() {
    const Manifest& manifest = chosen_.bundle.manifest;
    const auto last = session_->ledger() ? session_->ledger()->installed() : std::nullopt;
    const auto left = last ? session_->ledger()->databases(last->id) : std::vector<DatabaseRecord>();
    const bool lost = !session_->lost_history().empty();
    const bool had_databases = (lost && keeps_a_database(files_, session_->layout())) ||
                               std::ranges::any_of(left, [](const DatabaseRecord& database) {
                                   return !database.committed_sha256.empty();
                               });
    found_ = lockstep::recognise(files_, session_->layout(), manifest,
                                 request_.set_aside_local_changes || manifest.set_aside_local_changes,
                                 had_databases);
    if (found_.databases_absent) require_initialisable();
    return !found_.up_to_date;
}

// Where there always is data, databases that are missing were lost, and are not to be begun anew.
void Update::require_initialisable() const {
    const Manifest& manifest = chosen_.bundle.manifest;
    const std::string database = session_->layout().absolute(manifest.databases.front().path);
    const std::vector<std::string>& critical = manifest.critical_platforms;
    if (critical.empty()) return;
    if (platform().empty())
        throw Error(Code::wrong_usage, "begin without the database", database,
                    "there is no such file, and whether one may be begun anew differs by platform")
            .advise(say(Message::name_the_platform));
    if (std::ranges::find(critical, platform()) == critical.end()) return;
    throw Error(Code::not_recognised, "find the database", database,
                "there is no such file; on the platform '" + platform() +
                    "' that means lost data, not a new installation, so none is begun anew")
        .advise(
            "Look for the database where it may have been moved to, or in your own backups, and put it back "
            "there. If there never was one here, ask whoever made this update.");
}

void Update::check_preflight() {
    progress_.begin("preflight");
    const Manifest& manifest = chosen_.bundle.manifest;
    plan_ = make_plan(files_, session_->layout(), manifest, found_, platform());
    const bool programs = plan_.steps.size() != plan_.scripts.size();
    const bool with_preview = manifest.health || programs || !request_.preview.empty();
    std::vector<FileStatus> code;
    for (const SeenFile& file : installed_code()) code.push_back(file.status);
    preflight(
        *session_, manifest, plan_,
        {with_preview, request_.prepare, session_->layout().prepared(chosen_.bundle.manifest_sha256), code});
    if (!found_.databases_absent) estimate();
    tell_what_is_done();
}

void Update::begin() {
    const Manifest& manifest = chosen_.bundle.manifest;
    TransactionRecord record;
    record.kind =
        request_.check_only || !request_.preview.empty() ? TransactionKind::check : TransactionKind::update;
    record.product = manifest.product;
    record.from_version = plan_.from;
    record.to_version = manifest.version;
    record.floor = manifest.floor;
    record.platform = platform();
    record.manifest_sha256 = chosen_.bundle.manifest_sha256;
    session_->begin(record);
}

void Update::stage() {
    progress_.begin("stage");
    placements_ = stage_code(files_, session_->layout(), session_->transaction(), chosen_.bundle, found_,
                             plan_, progress_);
}

void Update::lock_and_copy() {
    progress_.begin("back up");
    trial_ = std::make_unique<Trial>(files_, session_->layout(), session_->transaction(), *session_->ledger(),
                                     progress_, request_.one_at_a_time);
    if (!plan_.databases.empty()) trial_->lock_and_copy(plan_.databases);
}

void Update::migrate() {
    progress_.begin("migrate");
    if (needs_prepared(plan_.migrations) && !plan_.databases.empty()) {
        bring_prepared(*session_, chosen_.bundle.manifest_sha256);
        trial_->have_prepared(Layout::prepared_copy(session_->work()));
    }
    trial_->migrate(steps(), chosen_.bundle.manifest.declarations,
                    program_runner(*session_, placements_, trial_->databases()),
                    estimate_.value_or(Estimate()).migrate_seconds);
}

std::vector<TrialStep> Update::steps() {
    std::vector<TrialStep> all;
    const auto texts = unpack_texts(chosen_.bundle, plan_.scripts);
    for (const Migration* migration : plan_.migrations)
        for (const Step& step : steps_for(*migration, platform())) {
            if (step.script)
                all.push_back({step.script->name, step.script->sha256, texts.at(step.script->sha256), {}});
            else
                all.push_back({step.program->name, {}, {}, step.program});
        }
    return all;
}

void Update::verify_trial() {
    progress_.begin("verify the trial copy");
    const Manifest& manifest = chosen_.bundle.manifest;
    Trial::Expected expected;
    expected.declarations = &manifest.declarations;
    if (!request_.rehearsal) expected.schemas = manifest.target.schemas;
    if (!plan_.migrations.empty() && plan_.migrations.back()->checks) {
        const Script& checks = *plan_.migrations.back()->checks;
        expected.checks_name = checks.name;
        expected.checks = unpack_text(chosen_.bundle, checks);
    }
    trial_->verify(expected);
    if (request_.rehearsal) measure();
}

void Update::check_health() {
    const auto& health = chosen_.bundle.manifest.health;
    if (!health) return;
    progress_.begin("health");
    const std::string folder = Layout::preview(session_->work());
    files_.remove_tree(folder);
    assemble_preview(*session_, placements_, trial_->databases(), folder);
    run_in_preview(*session_, health->argv, health->timeout_s, folder, Code::health_failed,
                   "the health command");
    files_.remove_tree(folder);
}

void Update::leave_preview() {
    progress_.begin("preview");
    PreviewFolder folder(files_, request_.preview, session_->layout().root());
    assemble_preview(*session_, placements_, trial_->databases(), request_.preview);
    folder.keep();
}

void Update::swap() {
    progress_.begin("swap");
    stop_if_cancelled();
    keep_for_rollback();
    const SwapEnd end = swap_and_retire(*session_, *trial_, placements_, installed_code(), success_message());
    swap_ms_ = end.milliseconds;
    tidying_ = end.tidying;
    notes_.insert(notes_.end(), end.notes.begin(), end.notes.end());
}

// As it was when it was recognised.
std::vector<SeenFile> Update::installed_code() const {
    std::vector<SeenFile> code;
    for (const auto& [path, file] : found_.files)
        if (file.status.kind == FileKind::file) code.push_back({path, file.status});
    return code;
}

// What a later rollback needs beside the files themselves.
void Update::keep_for_rollback() {
    const std::string work = session_->work();
    stage_trust(files_, work, chosen_.bundle.trust);
    write_durably(files_, Layout::manifest(work), chosen_.bundle.head.manifest, 0600);
    for (const Placement& placement : placements_)
        if (placement.gate && !files_.status(Layout::gate(work)))
            copy_file(files_, *files_.open(session_->layout().absolute(placement.gate_slot)),
                      Layout::gate(work), 0600);
    // Where no entry point stood before there was no gate to put there; on the way back there is.
    const Manifest& manifest = chosen_.bundle.manifest;
    if (!manifest.gate_sha256.empty() && !files_.status(Layout::gate(work)))
        write_durably(files_, Layout::gate(work), unpack_gate(chosen_.bundle), 0600);
    std::vector<Script> scripts = plan_.scripts;
    for (const Migration* migration : plan_.migrations)
        scripts.insert(scripts.end(), migration->reverts.begin(), migration->reverts.end());
    if (scripts.empty()) return;
    files_.make_folders(parent_of(Layout::script(work, "x")), 0700);
    for (const auto& [digest, text] : unpack_texts(chosen_.bundle, scripts))
        write_durably(files_, Layout::script(work, digest), text, 0600);
}

std::string Update::platform() const {
    if (!request_.platform.empty()) return request_.platform;
    // What an earlier release called this installation means nothing to one that names others, or none.
    const std::string remembered = session_->ledger() ? session_->ledger()->platform() : std::string();
    const std::vector<std::string>& named = chosen_.bundle.manifest.platforms;
    return std::ranges::find(named, remembered) == named.end() ? std::string() : remembered;
}

Outcome Update::described(Code code, const std::string& outcome, const std::string& message) {
    progress_.end();
    Outcome result;
    result.code = code;
    result.outcome = outcome;
    result.product = chosen_.bundle.manifest.product;
    result.from = found_.revision ? found_.revision->version : std::string();
    result.to = chosen_.bundle.manifest.version;
    result.message = message;
    result.advice = say(meaning_of(code).advice);
    result.swap_ms = swap_ms_;
    result.phases = progress_.phases();
    result.scripts = plan_.steps;
    if (estimate_) {
        result.estimate_seconds = estimate_->seconds;
        result.estimate = sentence_of(*estimate_);
    }
    result.notes = notes_;
    if (session_->transaction() != 0 && !request_.check_only && request_.preview.empty())
        result.transaction = session_->transaction();
    return result;
}

Outcome Update::failed(const Error& error) const {
    Outcome result = outcome_of(error, progress_);
    result.product = chosen_.bundle.manifest.product;
    result.from = chosen_.file && found_.revision ? found_.revision->version : std::string();
    result.to = chosen_.bundle.manifest.version;
    result.notes = notes_;
    return result;
}

Outcome Update::nothing_to_do(const std::string& message) {
    return described(Code::ok, "up-to-date", message);
}

std::string Update::success_message() const {
    const Manifest& manifest = chosen_.bundle.manifest;
    const bool made = found_.databases_absent && !plan_.databases.empty();
    if (plan_.from == manifest.version && made)
        return say(Message::first_database_made, {manifest.product, manifest.version});
    const Message message = made                      ? Message::updated_with_first_database
                            : found_.databases_absent ? Message::updated_without_database
                                                      : Message::updated;
    if (message == Message::updated && trial_ && !trial_->let_go().empty())
        return updated_but(manifest.product, plan_.from, manifest.version, trial_->let_go(),
                           Layout::backup_folder(session_->layout().kept(session_->transaction())));
    return say(message, {manifest.product, plan_.from, manifest.version});
}

Outcome Update::finished() {
    const std::string& to = chosen_.bundle.manifest.version;
    if (!request_.preview.empty() || request_.check_only) {
        const std::string message =
            request_.check_only
                ? say(Message::check_passed, {chosen_.bundle.manifest.product, plan_.from, to})
                : say(Message::preview_made, {to, request_.preview});
        Outcome outcome = described(Code::ok, request_.check_only ? "checked" : "previewed", message);
        trial_.reset();
        session_->abandon(Code::ok, outcome.message);
        return outcome;
    }
    const std::string message = success_message();
    if (tidying_.empty()) return described(Code::ok, "updated", message);
    return described(Code::tidying_waits, std::string(meaning_of(Code::tidying_waits).outcome),
                     message + " " + say(Message::tidying_is_left, {tidying_}));
}

// For the rehearsal: what was seen of these databases.
void Update::measure() {
    RehearsalRun& run = measured_.run;
    run.script_seconds = trial_->script_seconds();
    run.script_rows = trial_->script_rows();
    run.table_seconds = trial_->table_seconds();
    for (const TrialDatabase& database : trial_->databases()) {
        const DatabaseEntry& entry = database.entry();
        if (database.change.after) {
            Database after(database.trial, OpenMode::immutable);
            measured_.schemas[entry.name] = fingerprint_of(
                after, "main", {entry.mask_defaults, chosen_.bundle.manifest.declarations.ignore_tables});
            run.bytes_after[entry.name] = files_.status(database.trial)->size;
        }
        if (!database.change.before) continue;
        run.database_bytes += database.size;
        run.bytes_before[entry.name] = database.size;
        Database before(database.backup, OpenMode::immutable);
        count_rows(before, table_prefix(chosen_.bundle.manifest, entry), run.rows);
    }
    if (run.database_bytes > 0)
        run.growth = std::max(1.0, static_cast<double>(trial_->largest_trial()) /
                                       static_cast<double>(run.database_bytes));
}

} // namespace lockstep
