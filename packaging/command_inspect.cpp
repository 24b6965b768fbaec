#include "packaging/bundle_bytes.h"
#include "packaging/bundle_file.h"
#include "packaging/command.h"
#include "packaging/human_size.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "payload/manifest_pack.h"

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

struct Options {
    std::string file;
    std::string folder;
    bool json = false;
};

void print_json(const BundleFile& bundle) {
    nlohmann::ordered_json all;
    all["verified"] = false; // by nobody: there is no key to verify against
    all["manifest_sha256"] = sha256(bundle.head.manifest);
    all["manifest"] = nlohmann::ordered_json::parse(unpacked_manifest(bundle.head.manifest));
    all["signatures"] = nlohmann::ordered_json::parse(bundle.head.signatures);
    std::cout << all.dump(2) << '\n';
}

void print_versions(const Manifest& manifest) {
    std::cout << manifest.product << ' ' << manifest.version << ", made " << manifest.created << "\n  from:";
    for (const Revision& revision : manifest.from) std::cout << ' ' << revision.version;
    std::cout << "\n  floor: " << manifest.floor << "\n  needs Lockstep " << manifest.minimum_engine
              << " or newer\n";
    if (manifest.expires) std::cout << "  expires: " << *manifest.expires << '\n';
    for (const std::string& platform : manifest.platforms) std::cout << "  platform: " << platform << '\n';
    for (const DatabaseEntry& database : manifest.databases)
        std::cout << "  database: " << database.name << " at " << database.path
                  << (database.since ? ", since " + *database.since : "")
                  << (database.retired ? ", retired with " + *database.retired : "") << '\n';
}

void print_runs(const Migration& migration, const std::string& why) {
    for (const Step& step : migration.steps)
        std::cout << "  " << why << ": " << (step.script ? step.script->name : step.program->name)
                  << (step.platform.empty() ? "" : " on " + step.platform) << '\n';
}

void print_steps(const Manifest& manifest) {
    if (manifest.init) print_runs(*manifest.init, "makes the first databases");
    for (const std::string& platform : manifest.critical_platforms)
        std::cout << "  makes none on " << platform << '\n';
    for (const Migration& migration : manifest.migrations) {
        print_runs(migration, "runs");
        if (migration.checks) std::cout << "  checks: " << migration.checks->name << '\n';
        for (const Script& revert : migration.reverts) std::cout << "  way back: " << revert.name << '\n';
    }
}

void print_keys(const BundleFile& bundle) {
    for (const KeySignature& signature : bundle.signatures.signatures) {
        const bool good = PublicKey::from_base64(signature.key)
                              .verifies(bytes_of(bundle.head.manifest), signature.signature);
        std::cout << "  signature of key " << signature.key << (good ? "" : " IS WRONG") << '\n';
    }
    for (const PublicKey& key : bundle.extent.carried_keys)
        std::cout << "  the update executable trusts " << key.base64() << '\n';
}

void print_summary(const BundleFile& bundle) {
    std::cout << "Nothing was verified against a key that you trust; 'lockstep verify' does that.\n";
    const Manifest manifest = parse_manifest(unpacked_manifest(bundle.head.manifest));
    print_versions(manifest);
    print_bytes(std::cout, bundle.head, manifest);
    print_steps(manifest);
    for (const RehearsalRun& run : manifest.rehearsal)
        std::cout << "  rehearsed from " << run.from << (run.platform.empty() ? "" : " on " + run.platform)
                  << ": " << human_size(run.database_bytes) << " in " << run.seconds << " s\n";
    print_keys(bundle);
}

// One file for each part, so that `openssl pkeyutl -verify -rawin` can check by hand.
void extract(const BundleFile& bundle, const std::string& folder) {
    FileSystem& files = system_files();
    files.make_folders(folder, 0755);
    write_durably(files, joined(folder, "manifest.json.zst"), bundle.head.manifest, 0644);
    write_durably(files, joined(folder, "signatures.json"), bundle.head.signatures, 0644);
    int number = 0;
    for (const KeySignature& signature : bundle.signatures.signatures) {
        const std::string name = std::to_string(++number);
        write_durably(files, joined(folder, name + ".sig"), from_base64(signature.signature), 0644);
        write_durably(files, joined(folder, name + ".pub"), PublicKey::from_base64(signature.key).pem(),
                      0644);
    }
}

int run(const Options& options) {
    const BundleFile bundle = open_bundle(options.file);
    if (!options.folder.empty()) extract(bundle, options.folder);
    if (options.json)
        print_json(bundle);
    else
        print_summary(bundle);
    return 0;
}

} // namespace

Command add_inspect(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line =
        app.add_subcommand("inspect", "Show what a bundle or update executable says, without trusting it");
    line->add_option("file", options->file, "The bundle or update executable")->required()->type_name("FILE");
    line->add_flag("--json", options->json, "Print manifest and signatures as JSON");
    line->add_option("--extract", options->folder, "Write manifest, signatures and keys there, for openssl")
        ->type_name("DIR");
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
