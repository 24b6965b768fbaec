#include "packaging/command.h"
#include "packaging/keys.h"
#include "packaging/output_place.h"
#include "packaging/trust_documents.h"
#include "payload/error.h"
#include "updater/file_system.h"

#include <iostream>
#include <memory>
#include <optional>

namespace lockstep {
namespace {

struct Options {
    std::string product;
    std::vector<std::string> keys;
    int threshold = 1;
    std::string previous;
    std::string out;
    SigningOptions signing;
};

// The first document follows the plain pinned keys, which count as version 1.
Trust next_trust(const Options& options) {
    Trust trust;
    trust.product = options.product;
    trust.version = 2;
    trust.threshold = options.threshold;
    trust.keys = read_public_keys(options.keys);
    if (static_cast<std::size_t>(trust.threshold) > trust.keys.size())
        throw Error(Code::wrong_usage, "use the threshold", std::to_string(trust.threshold),
                    "there are fewer keys");
    return trust;
}

void require_followable(const Trust* before, const SignedDocument& document, const std::string& out) {
    try {
        require_successor(before, document, out);
    } catch (const Error& error) {
        throw with_code(error, Code::wrong_usage)
            .advise("Give --key for enough keys of the document before this one and of this one: both must "
                    "sign.");
    }
}

bool is_trust_document(const std::string& path) {
    if (system_files().status(path)->size == 0) return true;
    try {
        read_trust_document(path);
        return true;
    } catch (const Error&) { // whatever else it is, it stays
        return false;
    }
}

void require_own_place(const Options& options) {
    std::vector<std::string> inputs = options.signing.keys;
    inputs.insert(inputs.end(), options.keys.begin(), options.keys.end());
    inputs.insert(inputs.end(), {options.previous, options.signing.passphrase_file});
    require_place_for({options.out, "trust document", is_trust_document, inputs});
}

// What stands before --previous only its owner knows by name.
std::string chain_to(const Options& options, int version) {
    std::string chain;
    for (int before = 2; before < version - 1; ++before)
        chain += "\"(version " + std::to_string(before) + ")\", ";
    if (!options.previous.empty()) chain += "\"" + options.previous + "\", ";
    return "trust = [" + chain + "\"" + options.out + "\"]";
}

int run(const Options& options) {
    require_own_place(options);
    std::optional<Trust> before;
    if (!options.previous.empty()) before = parse_trust(read_trust_document(options.previous).bytes);
    Trust trust = next_trust(options);
    if (before) trust.version = before->version + 1;
    SignedDocument document;
    document.bytes = write_trust(trust);
    for (const PrivateKey& key : read_private_keys(options.signing.keys, options.signing.passphrase_file))
        document.signatures.push_back({key.public_key().base64(), key.sign(bytes_of(document.bytes))});
    require_followable(before ? &*before : nullptr, document, options.out);
    write_durably(system_files(), options.out, write_signed(document), 0644);
    std::cout << "Wrote " << options.out << ": version " << trust.version << ", " << trust.keys.size()
              << " keys, of which " << trust.threshold << " must sign.\n"
              << "Name every document from version 2 on in release.toml, oldest first, by its path from "
                 "release.toml's folder: "
              << chain_to(options, trust.version) << '\n';
    if (options.previous.empty())
        std::cout << "It is followed only where the keys that are pinned have signed it too.\n";
    return 0;
}

} // namespace

Command add_trust(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line =
        app.add_subcommand("trust", "Make the next trust document, which changes the keys to trust");
    line->add_option("--product", options->product, "The product")->required()->type_name("P");
    line->add_option("--keys", options->keys, "The keys to trust from then on")
        ->required()
        ->type_name("K.pub");
    line->add_option("--threshold", options->threshold, "How many of them must sign (1)")
        ->check(CLI::Range(1, 64)) // payload/trust.cpp takes no more keys
        ->type_name("N");
    line->add_option("--previous", options->previous, "The document before, if there is one")
        ->type_name("DOC.json");
    line->add_option("-o,--output", options->out, "The document to write")
        ->required()
        ->check(empty_name_refusal)
        ->type_name("DOC.json");
    add_signing_options(*line, options->signing);
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
