#include "updater/schedule.h"

#include "payload/json_strict.h"
#include "payload/language.h"
#include "updater/process.h"
#include "updater/scheduler.h"
#include "updater/session.h"
#include "updater/trust_store.h"

#include <filesystem>

namespace lockstep {
namespace {

constexpr std::uint64_t schedule_limit = 1u << 20; // bytes

std::string name_for(const Layout& layout) {
    return task_name("", layout.root());
}

std::string absolute(const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal().generic_string();
}

// A stick need not be there when its folder is named.
std::vector<std::string> command_for(const Layout& layout, const Request& request) {
    std::vector<std::string> argv{layout.engine(),        "--root",   layout.root(), "--from",
                                  absolute(request.from), "--silent", "--log",       layout.log()};
    for (std::size_t key = 0; key < request.trust_files.size(); ++key)
        argv.insert(argv.end(), {"--trust", layout.scheduled_key(key)});
    if (!request.platform.empty()) argv.insert(argv.end(), {"--platform", request.platform});
    if (request.set_aside_local_changes) argv.emplace_back("--set-aside-local-changes");
    return argv;
}

// A scheduled run is its owner's: what another user wrote into .lockstep, the owner could not change.
void require_owner(const FileSystem& files, const Layout& layout) {
    if (files.status(layout.engine())->owner == files.status(layout.root())->owner) return;
    throw Error(Code::no_room_or_right, "schedule updates of", layout.root(), "it belongs to another user")
        .advise(say(Message::schedule_as_owner));
}

void copy_keys(FileSystem& files, const Layout& layout, const Request& request) {
    if (!request.trust_files.empty()) files.make_folders(layout.trust_folder(), 0755);
    for (std::size_t key = 0; key < request.trust_files.size(); ++key)
        write_durably(files, layout.scheduled_key(key),
                      read_text(files, files.real_path(request.trust_files[key]), schedule_limit), 0644);
}

void remove_keys(FileSystem& files, const Layout& layout) {
    for (std::size_t key = 0; files.status(layout.scheduled_key(key)); ++key)
        files.remove_file(layout.scheduled_key(key));
}

void remember(FileSystem& files, const Layout& layout, const Schedule& schedule) {
    const Json json{{"from", schedule.from}, {"daily", schedule.daily}, {"by", schedule.by}};
    write_durably(files, layout.schedule(), write_json(json, "the schedule"), 0644);
}

Outcome outcome_of(const std::string& word, const std::string& message) {
    Outcome outcome;
    outcome.outcome = word;
    outcome.message = message;
    outcome.advice = say(meaning_of(Code::ok).advice);
    return outcome;
}

} // namespace

Outcome schedule(FileSystem& files, const Request& request, Progress& progress) {
    if (request.from.empty())
        throw Error(Code::wrong_usage, "schedule updates of", request.root, "no folder of bundles is named")
            .advise(say(Message::name_the_folder));
    Session session(files, request, progress);
    const Layout& layout = session.layout();
    // Nobody is there to be told when it runs.
    trust_for(files, layout, request, {}, false, request.from);
    const std::string staged_engine = layout.engine() + ".new";
    files.make_folders(layout.state(), 0755);
    files.remove_file(staged_engine);
    session.install_engine(staged_engine);
    require_owner(files, layout);
    remove_keys(files, layout);
    copy_keys(files, layout, request);
    Schedule made{absolute(request.from), request.daily, {}};
    const DailyRun run{name_for(layout), command_for(layout, request), layout.state(), made.daily};
    made.by = register_daily(files, run);
    remember(files, layout, made);
    return outcome_of("scheduled", "Updates for " + layout.root() + " are looked for in " + made.from +
                                       " daily at " + made.daily +
                                       ", and after each start of this computer, by " + made.by + ".");
}

Outcome unschedule(FileSystem& files, const Request& request, Progress& progress) {
    const Session session(files, request, progress);
    const Layout& layout = session.layout();
    if (!schedule_of(files, layout))
        return outcome_of("not-scheduled", "No updates were scheduled for " + layout.root() + ".");
    unregister_daily(files, name_for(layout), layout.state());
    files.remove_file(layout.schedule());
    remove_keys(files, layout);
    return outcome_of("unscheduled",
                      "Updates for " + layout.root() + " are no longer looked for by themselves.");
}

std::optional<Schedule> schedule_of(const FileSystem& files, const Layout& layout) {
    if (!files.status(layout.schedule())) return std::nullopt;
    const std::string document = "the schedule";
    Fields fields(parse_json(read_text(files, layout.schedule(), schedule_limit), document), "", document);
    return Schedule{fields.text("from"), fields.text("daily"), fields.text("by")};
}

} // namespace lockstep
