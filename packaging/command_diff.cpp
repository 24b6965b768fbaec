#include "packaging/command.h"
#include "packaging/compared_databases.h"
#include "packaging/durable_output.h"
#include "packaging/output_place.h"
#include "packaging/schema_report.h"

#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string older;
    std::string newer;
    std::string page;
    bool json = false;
};

SchemaComparison compare(const Options& options) try {
    ComparedDatabases both = open_compared(options.older, options.newer);
    const Pairing pairing = pair_schemas(both.database, both.older, both.newer, {});
    return compare_schemas(both.older, both.newer, pairing);
} catch (const Error& error) {
    throw with_code(error, Code::wrong_usage);
}

int run(const Options& options) {
    require_page_place(options.page, {options.older, options.newer});
    const SchemaComparison comparison = compare(options);
    if (!options.page.empty())
        write_output(options.page, comparison_html(comparison, options.older, options.newer));
    std::cout << (options.json ? comparison_json(comparison) : comparison_text(comparison));
    return comparison.same() ? 0 : 1;
}

} // namespace

Command add_diff(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line =
        app.add_subcommand("diff", "Say what differs between two databases' schemas, and what was "
                                   "probably meant (exit code 0: nothing, 1: something)");
    line->add_option("old", options->older, "The database as it was")->required()->type_name("OLD.db");
    line->add_option("new", options->newer, "The database as it is to be")->required()->type_name("NEW.db");
    line->add_flag("--json", options->json, "Print one JSON object");
    line->add_option("--html", options->page, "Write it as a page that opens offline")
        ->check(empty_name_refusal)
        ->type_name("FILE");
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
