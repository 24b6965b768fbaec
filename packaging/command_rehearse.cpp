#include "packaging/command.h"
#include "packaging/durable_output.h"
#include "packaging/make_bundle.h"
#include "packaging/output_place.h"
#include "packaging/rehearsal.h"
#include "packaging/rehearsal_report.h"
#include "packaging/work_folder.h"
#include "payload/error.h"
#include "updater/process.h"

#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string release;
    std::vector<std::string> copies;
    std::string gate;
    std::string work;
    std::string page;
};

void write_page(const Options& options, const Release& release, const Evidence& evidence,
                const std::string& failure) {
    if (!options.page.empty()) write_output(options.page, rehearsal_html(release, evidence, failure));
}

Evidence rehearsed(const Options& options, const Release& release) try {
    const WorkFolder work(options.work);
    const RehearsalRequest request{options.copies, options.gate.empty() ? default_gate() : options.gate,
                                   work.path(), [](const std::string& line) { std::cerr << line << '\n'; }};
    return rehearse(release, request);
} catch (const Error& error) {
    write_page(options, release, {}, std::string(error.what()) + "\n" + error.advice());
    throw;
}

int run(const Options& options) {
    const Release release = read_release(options.release);
    require_page_place(options.page, {options.release, options.gate, evidence_path(release)});
    // Evidence that an earlier rehearsal left must not outlive a failure of this one.
    system_files().remove_file(evidence_path(release));
    const Evidence evidence = rehearsed(options, release);
    save_evidence(release, evidence);
    write_page(options, release, evidence, {});
    std::cout << rehearsal_text(evidence) << "Evidence: " << evidence_path(release) << '\n';
    return 0;
}

} // namespace

Command add_rehearse(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line = app.add_subcommand("rehearse", "Run the real engine on copies of real databases");
    line->add_option("release", options->release, "The release")->required()->type_name("RELEASE.toml");
    line->add_option("--db", options->copies,
                     "A copy of a live database (NAME=FILE for other than the first)")
        ->type_name("COPY.db");
    line->add_option("--gate", options->gate, "The gate program (else the one beside lockstep)")
        ->type_name("FILE");
    line->add_option("--work", options->work,
                     "A folder with room for two copies of the databases and the code")
        ->type_name("DIR");
    line->add_option("--html", options->page, "Write the verdict as a page that opens offline")
        ->check(empty_name_refusal)
        ->type_name("FILE");
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
