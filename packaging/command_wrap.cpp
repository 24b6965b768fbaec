#include "packaging/bundle_file.h"
#include "packaging/command.h"
#include "packaging/durable_output.h"
#include "packaging/keys.h"
#include "packaging/output_place.h"
#include "payload/error.h"
#include "updater/process.h"

#include <algorithm>
#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string bundle;
    std::string stub;
    std::string out;
    std::vector<std::string> trust;
    int threshold = 1;
};

Error no_stub(const std::string& path, const std::string& cause) {
    return Error(Code::wrong_usage, "use the stub", path, cause)
        .advise("Give --stub FILE, an update executable without a bundle: build/bin/update, or "
                "build/win64/bin/update.exe for Windows.");
}

// The words of updater/executable_mark.h. They mustn't stand here as they are: lockstep would take itself for
// a stub.
std::string executable_mark() {
    std::string mark = "Lockstep_update_executable,_engine_";
    std::ranges::replace(mark, '_', ' ');
    return mark;
}

bool is_update_executable(const File& file) {
    const std::string mark = executable_mark();
    std::string window; // with the end of the piece before
    bool found = false;
    copy_bytes(file, 0, file.size(), [&](Bytes bytes) {
        window.append(text_of(bytes));
        found = found || window.find(mark) != std::string::npos;
        window.erase(0, window.size() - std::min(window.size(), mark.size() - 1));
    });
    return found;
}

std::unique_ptr<File> open_stub(const std::string& path) {
    const auto status = system_files().status(path);
    if (!status || status->kind != FileKind::file)
        throw no_stub(path, status ? "it is not a file" : "there is no such file");
    auto file = system_files().open(path);
    if (find_bundle(*file, path)) throw no_stub(path, "it already holds a bundle");
    if (!is_update_executable(*file)) throw no_stub(path, "it is not Lockstep's update executable");
    return file;
}

// A laptop would refuse what its own executable doesn't trust: better the release manager hears of it.
void require_trusted(const BundleFile& bundle, const std::vector<PublicKey>& keys, int threshold) {
    Trust trust;
    trust.keys = keys;
    trust.threshold = threshold;
    const VerifiedBundle verified = verify_bundle(*bundle.file, bundle.extent, trust, bundle.path);
    require_payload(bundle, verified.manifest);
}

void require_own_place(const Options& options, const std::string& stub) {
    std::vector<std::string> inputs = options.trust;
    inputs.insert(inputs.end(), {options.bundle, stub});
    require_place_for({options.out, "update executable", may_be_wrapped, inputs});
}

int run(const Options& options) {
    const BundleFile bundle = open_bundle(options.bundle);
    const std::vector<PublicKey> keys =
        options.trust.empty() ? valid_signers(bundle) : read_public_keys(options.trust);
    require_trusted(bundle, keys, options.threshold);
    const std::string stub =
        options.stub.empty() ? joined(parent_of(own_executable()), "update") : options.stub;
    const auto stub_file = open_stub(stub);
    require_own_place(options, stub);
    DurableOutput output(options.out, 0755);
    const auto append = [&](Bytes bytes) { output.write(bytes); };
    copy_bytes(*stub_file, 0, stub_file->size(), append);
    output.write(carried_keys(keys, options.threshold, stub_file->size()));
    copy_bytes(*bundle.file, bundle.extent.offset, bundle.extent.size, append);
    output.commit();
    std::cout << "Wrote " << options.out << ", which trusts " << keys.size()
              << (keys.size() == 1 ? " key" : " keys") << ", of which " << options.threshold
              << " must have signed\n";
    return 0;
}

} // namespace

Command add_wrap(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line = app.add_subcommand("wrap", "Make an update executable of a bundle");
    line->add_option("bundle", options->bundle, "The bundle")->required()->type_name("BUNDLE");
    line->add_option("--stub", options->stub, "The bare update executable (else 'update' beside lockstep)")
        ->type_name("STUB");
    line->add_option("-o,--output", options->out, "The executable to write")
        ->required()
        ->check(empty_name_refusal)
        ->type_name("OUT");
    line->add_option("--trust", options->trust, "The keys that it trusts (else those of the signers)")
        ->type_name("K.pub");
    line->add_option("--threshold", options->threshold, "How many of them must have signed (1)")
        ->check(CLI::Range(1, 64)) // payload/trust.cpp takes no more keys
        ->type_name("N");
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
