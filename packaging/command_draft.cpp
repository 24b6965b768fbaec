#include "packaging/command.h"
#include "packaging/draft.h"
#include "packaging/drafted_file.h"
#include "packaging/output_place.h"
#include "packaging/work_folder.h"
#include "payload/declaration_text.h"
#include "updater/file_system.h"

#include <array>
#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct Options {
    std::string older;
    std::string newer;
    std::string folder;
    std::string decisions;
};

constexpr std::array<const char*, 3> script_names{"all.sql", "checks.sql", "revert.sql"};

void write_scripts(const std::string& folder, const Draft& draft) {
    system_files().make_folders(folder, 0755);
    for (const char* name : script_names) require_untouched(joined(folder, name));
    write_drafted(joined(folder, "all.sql"), draft.script);
    write_drafted(joined(folder, "checks.sql"), draft.checks);
    write_drafted(joined(folder, "revert.sql"), draft.revert);
}

void tell(const std::string& title, const std::vector<std::string>& sentences) {
    if (sentences.empty()) return;
    std::cerr << title << '\n';
    for (const std::string& one : sentences) {
        std::cerr << "  ";
        for (const char c : one) std::cerr << c << (c == '\n' ? "    " : "");
        std::cerr << '\n';
    }
}

// The declarations alone go to stdout, where they can be redirected.
int run(const Options& options) {
    require_folder_place(options.folder);
    const Decisions decisions = options.decisions.empty() ? Decisions{} : read_decisions(options.decisions);
    ComparedDatabases both = open_compared(options.older, options.newer);
    const WorkFolder work;
    const Draft draft = make_draft(both, decisions, work.path());
    write_scripts(options.folder, draft);
    std::cout << draft.declarations;
    tell("To be decided, before it can run:", draft.open);
    tell("Not done, because it is not certain enough:", draft.offers);
    tell("There is no revert.sql, because:", draft.no_way_back);
    std::cerr << "Drafted into " << options.folder << "; "
              << counted(static_cast<std::int64_t>(draft.open.size()), "decision") << " open.\n";
    return 0;
}

} // namespace

Command add_draft(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    CLI::App* line = app.add_subcommand("draft", "Draft the migration from one database to another");
    line->add_option("old", options->older, "The database as it was, with rows in it")
        ->required()
        ->type_name("OLD.db");
    line->add_option("new", options->newer, "The database as it is to be")->required()->type_name("NEW.db");
    line->add_option("-o,--output", options->folder, "migrations/X.Y.Z: all.sql, checks.sql, revert.sql")
        ->required()
        ->check(empty_name_refusal)
        ->type_name("DIR");
    line->add_option("--decisions", options->decisions, "What you decided of it")->type_name("FILE.toml");
    return {line, [options] { return run(*options); }};
}

} // namespace lockstep
