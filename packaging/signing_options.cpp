#include "packaging/command.h"
#include "packaging/keys.h"

namespace lockstep {

void add_signing_options(CLI::App& line, SigningOptions& options) {
    line.add_option("--key", options.keys, "A private key; repeat it to sign with several")
        ->required()
        ->allow_extra_args(false)
        ->type_name("K.key");
    line.add_option("--passphrase-file", options.passphrase_file,
                    std::string("Its first line is the keys' passphrase (else the variable ") +
                        passphrase_variable + ")")
        ->type_name("FILE");
}

} // namespace lockstep
