// `lockstep`: the release manager's tool. Each subcommand has its own file, command_<name>.cpp.
#include "packaging/command.h"
#include "payload/error.h"
#include "payload/language.h"

#include <exception>
#include <iostream>

namespace lockstep {
namespace {

std::vector<Command> add_commands(CLI::App& app) {
    return {add_keygen(app),  add_rehearse(app), add_build(app),  add_sign(app),  add_verify(app),
            add_inspect(app), add_sql(app),      add_wrap(app),   add_trust(app), add_diff(app),
            add_draft(app),   add_export(app),   add_import(app), add_lint(app)};
}

// The table's words are for field staff, who have an installation; a rehearsal has copies.
int report_rehearsal(const Error& error) {
    const std::string advice = error.advice();
    std::cerr << "lockstep: " << error.what() << (std::string_view(error.what()).ends_with('.') ? " " : ". ")
              << "No sample was changed.";
    if (advice != say(meaning_of(error.code()).advice)) std::cerr << ' ' << advice;
    std::cerr << '\n';
    return static_cast<int>(error.code());
}

int report(const Error& error) {
    std::cerr << "lockstep: " << error.what() << (std::string_view(error.what()).ends_with('.') ? " " : ". ")
              << say(meaning_of(error.code()).data) << ' ' << error.advice() << '\n';
    return static_cast<int>(error.code());
}

int run(const CLI::App& app, const std::vector<Command>& commands) {
    for (const Command& command : commands)
        if (command.line->parsed()) return command.run();
    std::cout << app.help();
    return static_cast<int>(Code::wrong_usage);
}

int parse_and_run(int count, char** arguments) {
    CLI::App app("Lockstep: code and data of a release, in lockstep or not at all", "lockstep");
    app.set_version_flag("--version", "lockstep " LOCKSTEP_ENGINE_VERSION);
    app.require_subcommand(0, 1);
    const std::vector<Command> commands = add_commands(app);
    try {
        app.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(Code::wrong_usage);
    }
    try {
        return run(app, commands);
    } catch (const Error& error) {
        return app.got_subcommand("rehearse") ? report_rehearsal(error) : report(error);
    }
}

} // namespace
} // namespace lockstep

int main(int count, char** arguments) {
    try {
        return lockstep::parse_and_run(count, arguments);
    } catch (const lockstep::Error& error) {
        return lockstep::report(error);
    } catch (const std::exception& error) {
        return lockstep::report({lockstep::Code::internal_error, "finish", "the command", error.what()});
    }
}
