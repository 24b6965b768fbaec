// The subcommands of `lockstep`: each file command_<name>.cpp declares its own to CLI11 and says how to run
// it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace lockstep {

struct Command {
    CLI::App* line = nullptr;
    std::function<int()> run; // returns the exit code; throws Error
};

Command add_keygen(CLI::App& app);
Command add_rehearse(CLI::App& app);
Command add_build(CLI::App& app);
Command add_sign(CLI::App& app);
Command add_verify(CLI::App& app);
Command add_inspect(CLI::App& app);
Command add_sql(CLI::App& app);
Command add_wrap(CLI::App& app);
Command add_trust(CLI::App& app);
Command add_diff(CLI::App& app);
Command add_draft(CLI::App& app);
Command add_export(CLI::App& app);
Command add_import(CLI::App& app);
Command add_lint(CLI::App& app);

// --key, --passphrase-file: as every command that signs has them. --key is repeated for each key.
struct SigningOptions {
    std::vector<std::string> keys;
    std::string passphrase_file;
};
void add_signing_options(CLI::App& line, SigningOptions& options);

} // namespace lockstep
