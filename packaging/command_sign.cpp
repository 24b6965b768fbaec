#include "packaging/bundle_file.h"
#include "packaging/command.h"
#include "packaging/durable_output.h"
#include "packaging/keys.h"
#include "payload/error.h"
#include "payload/manifest_pack.h"

#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string bundle;
    SigningOptions signing;
};

// A second signature says as much as the first, so what is signed is checked as a whole before.
BundleFile open_checked(const std::string& path) {
    BundleFile bundle = open_bundle(path);
    if (bundle.extent.stub_size > 0)
        throw Error(Code::wrong_usage, "sign", path,
                    "it is an update executable; its own code would not be signed")
            .advise("Sign the bundle, then wrap it.");
    valid_signers(bundle);
    require_payload(bundle, parse_manifest(unpacked_manifest(bundle.head.manifest)));
    return bundle;
}

void add_signature(Signatures& signatures, const PrivateKey& key, const std::string& manifest) {
    const std::string name = key.public_key().base64();
    std::erase_if(signatures.signatures,
                  [&](const KeySignature& signature) { return signature.key == name; });
    signatures.signatures.push_back({name, key.sign(bytes_of(manifest))});
}

int run(const Options& options) {
    BundleFile bundle = open_checked(options.bundle);
    for (const PrivateKey& key : read_private_keys(options.signing.keys, options.signing.passphrase_file))
        add_signature(bundle.signatures, key, bundle.head.manifest);
    const std::string head = bundle_head(bundle.head.manifest, bundle.signatures, bundle.head.payload_size);
    DurableOutput output(options.bundle, bundle.file->status().mode);
    output.write(head);
    copy_bytes(*bundle.file, bundle.head.payload_offset, bundle.head.payload_size,
               [&](Bytes bytes) { output.write(bytes); });
    output.write(bundle_trailer(head.size() + bundle.head.payload_size));
    output.commit();
    std::cout << "Signed " << options.bundle << ": " << bundle.signatures.signatures.size()
              << " signatures\n";
    return 0;
}

} // namespace

Command add_sign(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line = app.add_subcommand("sign", "Add a signature to a bundle");
    line->add_option("bundle", options->bundle, "The bundle")->required()->type_name("BUNDLE");
    add_signing_options(*line, options->signing);
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
