#include "packaging/bundle_file.h"
#include "packaging/command.h"
#include "packaging/human_size.h"
#include "packaging/keys.h"
#include "packaging/make_bundle.h"
#include "packaging/output_place.h"
#include "payload/error.h"
#include "payload/manifest_pack.h"
#include "updater/report.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>

namespace lockstep {
namespace {

// Made once, unpacked on every laptop. 19 is zstd's best with a window of 8 MiB, 22 its best; the window of a
// delta is bounded otherwise.
constexpr int level = 19;
constexpr int delta_level = 22;

struct Options {
    std::string release;
    std::string out;
    std::string gate;
    bool whole_files = false;
    bool deltas = false;
    SigningOptions signing;
};

std::uint64_t total_size(const std::vector<FileEntry>& files) {
    return std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const FileEntry& entry) { return sum + entry.size; });
}

void tell_largest(std::vector<FileEntry> files) {
    constexpr std::size_t shown = 3;
    std::ranges::stable_sort(files, std::greater<>(), &FileEntry::size);
    if (files.size() > shown) files.resize(shown);
    for (const FileEntry& entry : files)
        std::cout << "    " << human_size(entry.size) << "  " << entry.path << '\n';
}

void tell(const Manifest& manifest, const std::string& out) {
    std::uint64_t script_bytes = 0;
    std::size_t scripts = 0;
    for (const Migration& migration : manifest.migrations)
        for (const Step& step : migration.steps)
            if (step.script) script_bytes += step.script->size, ++scripts;
    std::cout << "Built " << out << ": " << manifest.product << ' ' << manifest.version << ", "
              << human_size(system_files().status(out)->size) << "\n  from";
    for (const Revision& revision : manifest.from) std::cout << ' ' << revision.version;
    std::cout << "\n  code: " << manifest.target.files.size() << " files, "
              << human_size(total_size(manifest.target.files)) << " before compression\n";
    tell_largest(manifest.target.files);
    if (!manifest.defaults.empty())
        std::cout << "  put only where absent: " << manifest.defaults.size() << " files, "
                  << human_size(total_size(manifest.defaults)) << '\n';
    std::cout << "  migrations: " << scripts << " scripts, " << human_size(script_bytes) << '\n'
              << "  payload: " << human_size(manifest.payload_size) << '\n';
}

void note_unrehearsed(const Release& release, const Evidence& evidence) {
    for (const PreviousRevision& previous : release.previous)
        if (std::ranges::none_of(evidence.runs,
                                 [&](const RehearsalRun& each) { return each.from == previous.version; }))
            std::cerr << "lockstep: note: no rehearsal began at " << previous.version << '\n';
}

void write(const Release& release, Manifest manifest, const std::vector<PrivateKey>& keys,
           const std::string& gate, const Options& options) {
    const auto progress = make_progress(false, nullptr);
    std::mutex one_at_a_time;
    const auto show = [&](double part) {
        const std::scoped_lock lock(one_at_a_time);
        progress->fraction(part);
    };
    progress->begin("compress");
    write_bundle(release, std::move(manifest), keys, options.out,
                 {level, delta_level, options.whole_files, !options.deltas, show}, gate);
}

void require_own_place(const Options& options) {
    std::vector<std::string> inputs = options.signing.keys;
    inputs.insert(inputs.end(), {options.release, options.gate, options.signing.passphrase_file});
    require_place_for({options.out, "bundle", may_hold_bundle, inputs});
}

int run(const Options& options) {
    require_own_place(options);
    const Release release = read_release(options.release);
    const Evidence evidence = read_evidence(release);
    if (const auto reason = evidence_refusal(release, evidence))
        throw Error(Code::wrong_usage, "use the evidence", evidence_path(release), *reason)
            .advise("Run 'lockstep rehearse " + release.file + " --db COPY.db' again, then build.");
    note_unrehearsed(release, evidence);
    const std::vector<PrivateKey> keys =
        read_private_keys(options.signing.keys, options.signing.passphrase_file);
    const std::string gate = options.gate.empty() ? default_gate() : options.gate;
    write(release, make_manifest(release, evidence, gate), keys, gate, options);
    const BundleFile bundle = open_bundle(options.out);
    tell(parse_manifest(unpacked_manifest(bundle.head.manifest)), options.out);
    return 0;
}

} // namespace

Command add_build(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line = app.add_subcommand("build", "Build and sign the bundle of a rehearsed release");
    line->add_option("release", options->release, "The release")->required()->type_name("RELEASE.toml");
    line->add_option("-o,--output", options->out, "The bundle to write")
        ->required()
        ->check(empty_name_refusal)
        ->type_name("OUT.bundle");
    line->add_option("--gate", options->gate, "The gate program (else the one beside lockstep)")
        ->type_name("FILE");
    CLI::Option* whole = line->add_flag("--whole-files", options->whole_files,
                                        "No deltas: for installations whose files may have been changed");
    line->add_flag("--deltas", options->deltas, "Deltas also where the whole code has 2 MiB at most")
        ->excludes(whole);
    add_signing_options(*line, options->signing);
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
