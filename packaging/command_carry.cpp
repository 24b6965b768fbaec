#include "packaging/command.h"
#include "packaging/output_place.h"
#include "packaging/table_import.h"

#include <iostream>
#include <memory>

namespace lockstep {
namespace {

struct ExportOptions {
    std::string database;
    std::string folder;
    std::vector<std::string> tables;
};

struct ImportOptions {
    std::string folder;
    std::string database;
    bool overwrite = false;
};

int tell(const Carried& carried, const std::string& from, const std::string& to) {
    for (const std::string& note : carried.notes) std::cerr << "lockstep: note: " << note << '\n';
    for (const CarriedTable& table : carried.tables)
        std::cout << table.table << ": " << table.rows << (table.rows == 1 ? " row\n" : " rows\n");
    std::cout << carried.tables.size() << (carried.tables.size() == 1 ? " table" : " tables") << " from "
              << from << " to " << to << '\n';
    return 0;
}

} // namespace

Command add_export(CLI::App& app) {
    const auto options = std::make_shared<ExportOptions>();
    CLI::App* line = app.add_subcommand(
        "export", "Write tables as CSV, those that others refer to first; nothing is lost");
    line->add_option("database", options->database, "The database")->required()->type_name("DB");
    line->add_option("-o,--output", options->folder, "The folder to make")
        ->required()
        ->check(empty_name_refusal)
        ->type_name("DIR");
    line->add_option("--table", options->tables, "A table to write (all, where none is named)")
        ->type_name("NAME");
    return {line, [options] {
                return tell(export_tables(options->database, options->tables, options->folder),
                            options->database, options->folder);
            }};
}

Command add_import(CLI::App& app) {
    const auto options = std::make_shared<ImportOptions>();
    CLI::App* line = app.add_subcommand("import", "Put tables of CSV into a database: all rows, or none");
    line->add_option("folder", options->folder, "What 'lockstep export' wrote")->required()->type_name("DIR");
    line->add_option("--into", options->database, "The database, which has these tables")
        ->required()
        ->type_name("DB");
    line->add_flag("--overwrite", options->overwrite, "Change rows whose primary key is there already");
    return {line, [options] {
                return tell(import_tables(options->folder, options->database, options->overwrite),
                            options->folder, options->database);
            }};
}

} // namespace lockstep
