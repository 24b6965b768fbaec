#include "packaging/command.h"
#include "packaging/keys.h"

#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string name;
    std::string passphrase_file;
    bool ask = false;
    bool none = false;
};

int run(const Options& options) {
    std::string passphrase;
    if (!options.passphrase_file.empty()) passphrase = read_passphrase(options.passphrase_file);
    if (options.ask) passphrase = ask_new_passphrase();
    write_key_pair(options.name, passphrase);
    std::cout << "Wrote " << options.name << ".key, which signs: keep it secret, and keep a copy of it.\n"
              << "Wrote " << options.name << ".pub, which verifies: give it to everyone.\n";
    return 0;
}

} // namespace

Command add_keygen(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line = app.add_subcommand("keygen", "Make a pair of keys, NAME.key and NAME.pub");
    line->add_option("name", options->name, "Where to, without an ending")->required()->type_name("NAME");
    auto* file =
        line->add_option("--passphrase-file", options->passphrase_file, "Its first line is the passphrase");
    auto* ask = line->add_flag("--passphrase", options->ask, "Ask for a passphrase on the terminal");
    auto* none = line->add_flag("--no-passphrase", options->none, "Leave the key unencrypted (the default)");
    file->type_name("FILE")->excludes(ask)->excludes(none);
    ask->excludes(none);
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
