#include "updater/command_line.h"

#include "payload/language.h"
#include "updater/log_file.h"
#include "updater/preview_folder.h"
#include "updater/process.h"
#include "updater/report.h"
#include "updater/rollback.h"
#include "updater/root.h"
#include "updater/schedule.h"
#include "updater/status.h"
#include "updater/support.h"
#include "updater/unattended.h"
#include "updater/update.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <regex>

namespace lockstep {
namespace {

struct Options {
    Request request;
    std::string log;
    bool silent = false;
    bool json = false;
    std::string command; // empty: apply
    std::string support_file;
};

void add_options(CLI::App& app, Options& options) {
    app.add_option("--root", options.request.root, "The folder that holds the application")->type_name("DIR");
    auto* bundle =
        app.add_option("--bundle", options.request.bundle, "The bundle to apply")->type_name("FILE");
    app.add_option("--from", options.request.from, "Apply the best bundle in this folder")
        ->type_name("DIR")
        ->excludes(bundle);
    app.add_option("--trust", options.request.trust_files, "A public key to trust, before the first update")
        ->type_name("KEY.pub");
    app.add_option("--platform", options.request.platform, "This installation's platform")->type_name("NAME");
    app.add_flag("--silent", options.silent, "Show nothing; the exit code and --log tell");
    app.add_flag("--json", options.json, "Print one JSON object on stdout");
    app.add_option("--log", options.log, "Append what happens to this file")->type_name("FILE");
    app.add_flag("--set-aside-local-changes", options.request.set_aside_local_changes,
                 "Keep locally changed code with the backup and go on");
    app.add_flag("--set-newer-aside", options.request.set_newer_aside,
                 "Roll back though the database was written to since; the newer one is kept");
}

// For CLI11: what is wrong, or nothing.
std::string not_a_time_of_day(const std::string& text) {
    static const std::regex time("([01][0-9]|2[0-3]):[0-5][0-9]");
    return std::regex_match(text, time) ? "" : text + " is no time of the day, such as 13:30";
}

void add_commands(CLI::App& app, Options& options) {
    const std::pair<const char*, const char*> commands[] = {
        {"check", "Try everything but the swap, and change nothing"},
        {"prepare", "Do before what the update would take long for, while the application is in use"},
        {"status", "What is installed here, and how the last run ended"},
        {"history", "Every run here, with the scripts that ran"},
        {"rollback", "Go back to the version before the last update"},
        {"recover", "End whatever an interrupted run left"},
    };
    for (const auto& [name, text] : commands) app.add_subcommand(name, text)->fallthrough();
    CLI::App* preview =
        app.add_subcommand("preview", "Leave the complete new version in a folder, to try it");
    preview->fallthrough();
    preview->add_option("DIR", options.request.preview, "A folder that doesn't exist yet")->required();
    CLI::App* schedule =
        app.add_subcommand("schedule", "Look for bundles in --from DIR every day, unattended");
    schedule->fallthrough();
    schedule
        ->add_option("--daily", options.request.daily, "At this time of the day, 03:00 if nothing is said")
        ->type_name("HH:MM")
        ->check(&not_a_time_of_day);
    app.add_subcommand("unschedule", "Look for bundles no longer")->fallthrough();
    CLI::App* support = app.add_subcommand("support", "Write a file for whoever helps: no records are in it");
    support->fallthrough();
    support->add_option("FILE", options.support_file, "A file that doesn't exist yet");
    app.require_subcommand(0, 1);
}

PublicKey read_public_key(const FileSystem& files, const std::string& path) {
    constexpr std::uint64_t limit = 64u << 10; // bytes; a PEM of Ed25519 has some hundred
    const std::string real = files.real_path(path);
    if (files.status(real)->kind != FileKind::file)
        throw Error(Code::wrong_usage, "read the key", path, "it is not a file");
    const std::string pem = read_text(files, real, limit);
    if (pem.find("PRIVATE KEY") != std::string::npos)
        throw Error(Code::wrong_usage, "read the key", path,
                    "it is a private key, which belongs nowhere but with the release manager; name the "
                    "public one, KEY.pub");
    return PublicKey::from_pem(pem, path);
}

void complete(FileSystem& files, Options& options) {
    Request& request = options.request;
    request.executable = own_executable();
    request.one_at_a_time = processors() == 1;
    for (const std::string& file : request.trust_files) request.trust.push_back(read_public_key(files, file));
    request.check_only = options.command == "check";
    request.prepare = options.command == "prepare";
    request.root = find_root(files, request, working_folder());
    if (!files.status(request.root))
        throw Error(Code::wrong_usage, "use the install root", request.root, "there is no such folder");
    if (files.status(files.real_path(request.root))->kind != FileKind::folder)
        throw Error(Code::wrong_usage, "use the install root", request.root, "it is not a folder");
    if (options.command == "preview")
        request.preview = place_for_preview(files, request.preview, request.root);
}

Outcome recover_only(FileSystem& files, const Request& request, Progress& progress) {
    const Session session(files, request, progress, true);
    Outcome outcome;
    outcome.outcome = session.recovered().empty() ? "nothing-to-recover" : "recovered";
    outcome.notes = session.recovered();
    if (!session.lost_history().empty()) outcome.notes.push_back(session.lost_history());
    outcome.message =
        say(session.recovered().empty() ? Message::nothing_to_recover : Message::installation_is_sound);
    outcome.advice = say(meaning_of(Code::ok).advice);
    return outcome;
}

Outcome perform(FileSystem& files, const Options& options, Progress& progress) {
    if (options.command == "rollback") return Rollback(files, options.request, progress).run();
    if (options.command == "recover") return recover_only(files, options.request, progress);
    if (options.command == "schedule") return schedule(files, options.request, progress);
    if (options.command == "unschedule") return unschedule(files, options.request, progress);
    if (options.command == "support")
        return write_support_file(files, options.request.root, options.support_file);
    Update update(files, options.request, progress);
    try {
        return update.run();
    } catch (const Error& error) {
        return update.failed(error);
    }
}

// Where the ledger can't be read, nobody knows what is installed.
std::unique_ptr<Ledger> ledger_to_show(const FileSystem& files, const Layout& layout) try {
    auto ledger = ledger_of(files, layout);
    if (ledger) static_cast<void>(ledger->transactions());
    return ledger;
} catch (Error& error) {
    error.during("reading " + layout.ledger());
    if (error.code() == Code::busy || error.code() == Code::no_room_or_right) throw;
    throw with_code(error, Code::needs_person);
}

// `status` and `history` only read; true where the command was one of them.
bool show_only(const FileSystem& files, const Options& options) {
    if (options.command != "status" && options.command != "history") return false;
    const auto ledger = ledger_to_show(files, Layout(files.real_path(options.request.root)));
    if (options.command == "status")
        std::cout << (options.json ? status_json(files, ledger.get(), options.request.root) + "\n"
                                   : status_text(files, ledger.get(), options.request.root));
    else
        std::cout << (options.json ? history_json(files, ledger.get(), options.request.root) + "\n"
                                   : history_text(files, ledger.get(), options.request.root));
    return true;
}

class Terminal : public Display {
  public:
    Terminal(bool silent, bool json) : silent_(silent), json_(json) {}
    std::unique_ptr<Progress> progress(File* log) override { return make_progress(silent_, log); }
    void ended(const Outcome& outcome) override {
        const bool succeeded = outcome.code == Code::ok || outcome.code == Code::tidying_waits;
        if (json_) std::cout << outcome_json(outcome) << '\n';
        if (!silent_ && !json_) (succeeded ? std::cout : std::cerr) << outcome_text(outcome);
        std::cout.flush();
    }

  private:
    bool silent_;
    bool json_;
};

bool applies(const Options& options) {
    return options.command.empty();
}
bool unattended(const Options& options) {
    return options.silent && !options.request.from.empty();
}

void tell_of_unattended(const FileSystem& files, const Options& options, Progress& progress) {
    const std::string told = told_unattended(files, options.request.root);
    if (!told.empty()) progress.note(told);
}

// Shown, and what it means for what is remembered of unattended runs.
int ended(FileSystem& files, const Options& options, const Outcome& outcome, File* log, Display& display) {
    if (applies(options) && unattended(options)) remember_unattended(files, options.request, outcome, log);
    if (applies(options) && !unattended(options) && outcome.code == Code::ok)
        forget_unattended(files, options.request.root, log);
    log_line(log, outcome_text(outcome));
    display.ended(outcome);
    return static_cast<int>(outcome.code);
}

int run(FileSystem& files, Options options, Display& display) {
    std::unique_ptr<File> log;
    std::unique_ptr<Progress> progress = make_progress(true, nullptr);
    try {
        options.log = display.log(options.log);
        if (!options.log.empty()) log = open_log(files, options.log);
        complete(files, options);
        if (const auto code = display.done_with_more_rights(options.request.root)) return *code;
        if (show_only(files, options)) return 0;
        progress = display.progress(log.get());
        if (applies(options) && !unattended(options)) tell_of_unattended(files, options, *progress);
        const Outcome outcome = perform(files, options, *progress);
        progress.reset();
        return ended(files, options, outcome, log.get(), display);
    } catch (const std::exception&) {
        const Outcome outcome = outcome_of(caught_error(), *progress);
        progress.reset();
        return ended(files, options, outcome, log.get(), display);
    }
}

} // namespace

int run_command_line(int argc, char** argv, const InWindow& in_window) {
    speak(system_language());
    CLI::App app("Updates an application, its code and its databases together, or not at all.", "update");
    app.set_version_flag("--version", LOCKSTEP_ENGINE_VERSION);
    Options options;
    add_options(app, options);
    add_commands(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const bool json = std::find(argv, argv + argc, std::string("--json")) != argv + argc;
        if (error.get_exit_code() == 0 || !json) app.exit(error); // says it, or the help
        if (error.get_exit_code() == 0) return 0;
        const Error wrong(Code::wrong_usage, "understand", "the command line", error.what());
        Terminal(true, json).ended(outcome_of(wrong, *make_progress(true, nullptr)));
        return static_cast<int>(wrong.code());
    }
    for (const CLI::App* command : app.get_subcommands()) options.command = command->get_name();
    catch_cancel();
    if (in_window && applies(options) && !options.silent && !options.json)
        return in_window([&](Display& window) { return run(system_files(), options, window); });
    Terminal terminal(options.silent, options.json);
    return run(system_files(), options, terminal);
}

} // namespace lockstep
