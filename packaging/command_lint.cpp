#include "packaging/command.h"
#include "packaging/durable_output.h"
#include "packaging/lint.h"
#include "packaging/lint_report.h"
#include "packaging/output_place.h"
#include "packaging/work_folder.h"
#include "payload/error.h"

#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string release;
    LintRequest request;
    std::string app_sqlite;
    std::string work;
    std::string page;
    bool json = false;
};

int run(const Options& options) {
    std::vector<std::string> inputs = options.request.copies;
    inputs.push_back(options.release);
    require_page_place(options.page, inputs);
    const Release release = read_release(options.release);
    const WorkFolder work(options.work);
    LintRequest request = options.request;
    request.work = work.path();
    if (!options.app_sqlite.empty()) request.app_sqlite = options.app_sqlite;
    const LintReport report = lint(release, request);
    if (!options.page.empty()) write_output(options.page, lint_html(report));
    std::cout << (options.json ? lint_json(report) : lint_text(report));
    return report.found() ? 1 : 0;
}

int run_or_trouble(const Options& options) try { return run(options); } catch (const Error& error) {
    throw with_code(error, Code::wrong_usage);
}

} // namespace

Command add_lint(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line =
        app.add_subcommand("lint", "Say what in a copy's data, and in the release, an update would "
                                   "stumble over (exit code 0: nothing, 1: something)");
    line->add_option("release", options->release, "The release")->required()->type_name("RELEASE.toml");
    line->add_option("--db", options->request.copies,
                     "A copy of a live database (NAME=FILE for other than the first)")
        ->type_name("COPY.db");
    line->add_option("--platform", options->request.platform, "Run the scripts of this platform too")
        ->type_name("NAME");
    line->add_option("--app-sqlite", options->app_sqlite, "The version of SQLite that the application has")
        ->type_name("VERSION");
    line->add_flag("--show-values", options->request.show_values,
                   "Show values beside the keys (a report without them can be passed on)");
    line->add_flag("--json", options->json, "Print one JSON object");
    line->add_option("--html", options->page, "Write it as a page that opens offline")
        ->check(empty_name_refusal)
        ->type_name("FILE");
    line->add_option("--work", options->work, "A folder with room for two copies of the databases")
        ->type_name("DIR");
    return {line, [options] { return run_or_trouble(*options); }};
}

} // namespace lockstep
