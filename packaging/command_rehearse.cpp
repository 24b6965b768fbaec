#include "packaging/command.h"
#include "packaging/make_bundle.h"
#include "packaging/rehearsal.h"
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
};

void tell(const Release& release, const Evidence& evidence) {
    std::cout << "The rehearsal of " << release.product << ' ' << release.version
              << " succeeded: " << evidence.runs.size()
              << " installations updated, rolled back, and compared to the byte.\n";
    for (const RehearsalRun& run : evidence.runs) {
        std::cout << "  from " << run.from << (run.platform.empty() ? "" : " (" + run.platform + ")") << ": "
                  << (run.database_bytes >> 10) << " KiB of databases, " << run.seconds << " s, grew to "
                  << static_cast<int>(run.growth * 100) << " %\n";
        for (const auto& [script, seconds] : run.script_seconds)
            std::cout << "    " << script << "  " << seconds << " s\n";
        for (const auto& [table, seconds] : run.table_seconds) {
            const auto rows = run.rows.find(table);
            if (rows != run.rows.end())
                std::cout << "    table " << table << "  " << rows->second << " rows  " << seconds << " s\n";
        }
    }
    std::cout << "Evidence: " << evidence_path(release) << '\n';
}

int run(const Options& options) {
    const Release release = read_release(options.release);
    // Evidence that an earlier rehearsal left must not outlive a failure of this one.
    system_files().remove_file(evidence_path(release));
    const WorkFolder work(options.work);
    RehearsalRequest request{options.copies, options.gate.empty() ? default_gate() : options.gate,
                             work.path(), [](const std::string& line) { std::cerr << line << '\n'; }};
    const Evidence evidence = rehearse(release, request);
    save_evidence(release, evidence);
    tell(release, evidence);
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
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
