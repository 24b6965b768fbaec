#include "packaging/combined_sql.h"
#include "packaging/command.h"

#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string release;
    std::string from;
    std::string to;
    std::string platform;
};

int run(const Options& options) {
    std::cout << combined_sql(read_release(options.release), options.from, options.to, options.platform);
    return 0;
}

} // namespace

Command add_sql(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line = app.add_subcommand("sql", "Print a release's migration as one SQL script");
    line->add_option("release", options->release, "The release")->required()->type_name("RELEASE.toml");
    line->add_option("--from", options->from, "The version that the data has")->required()->type_name("A");
    line->add_option("--to", options->to, "The version that it is to have")->required()->type_name("B");
    line->add_option("--platform", options->platform, "Add the scripts of this platform")->type_name("NAME");
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
