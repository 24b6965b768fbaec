#include "packaging/bundle_file.h"
#include "packaging/command.h"
#include "packaging/keys.h"

#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string bundle;
    std::vector<std::string> trust;
    int threshold = 1;
};

int run(const Options& options) {
    const BundleFile bundle = open_bundle(options.bundle);
    Trust trust;
    trust.keys = read_public_keys(options.trust);
    trust.threshold = options.threshold;
    const VerifiedBundle verified = verify_bundle(*bundle.file, bundle.extent, trust, options.bundle);
    require_payload(bundle, verified.manifest);
    std::cout << "Verified " << options.bundle << ": " << verified.manifest.product << ' '
              << verified.manifest.version << ", manifest " << verified.manifest_sha256 << '\n';
    return 0;
}

} // namespace

Command add_verify(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line =
        app.add_subcommand("verify", "Verify a bundle's signatures and every byte of its payload");
    line->add_option("bundle", options->bundle, "The bundle or update executable")
        ->required()
        ->type_name("BUNDLE");
    line->add_option("--trust", options->trust, "The keys to trust")->required()->type_name("K.pub");
    line->add_option("--threshold", options->threshold, "How many of them must have signed (1)")
        ->check(CLI::Range(1, 64)) // payload/trust.cpp takes no more keys
        ->type_name("N");
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
