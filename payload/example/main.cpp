// The example application: a clinic's register, small, but with what real ones have that an update can break.
#include "payload/example/register.h"
#include "payload/example/revision.h"
#include "payload/example/start.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <thread>

namespace lockstep::clinic {
namespace {

struct Wishes {
    bool make = false;
    bool self_test = false;
    int rows = 12;
    std::string name;
    std::string village;
    double seconds = 0;
    bool writing = false;
};

void add(const Wishes& wishes) {
    Database database = open_register(install_folder(), OpenMode::read_write);
    Transaction transaction(database);
    add_patient(database, wishes.name, wishes.village);
    transaction.commit();
}

void list() {
    Database database = open_register(install_folder(), OpenMode::read_only);
    for (const std::string& line : patient_lines(database)) std::cout << line << '\n';
}

void self_test() {
    Database database = open_register(install_folder(), OpenMode::read_only);
    test_register(database);
    std::cout << "clinic " << revision.version << ": the register is sound\n";
}

// Says "holding" once the register is held, so that a test knows when to begin.
void hold(const Wishes& wishes) {
    Database database = open_register(install_folder(), OpenMode::read_write);
    std::optional<Transaction> transaction;
    if (wishes.writing) transaction.emplace(database);
    std::cout << "holding" << std::endl;
    std::this_thread::sleep_for(std::chrono::duration<double>(wishes.seconds));
}

void run(const CLI::App& app, const Wishes& wishes) {
    if (wishes.make) make_register(install_folder(), wishes.rows);
    if (wishes.self_test) self_test();
    if (app.got_subcommand("add")) add(wishes);
    if (app.got_subcommand("list")) list();
    if (app.got_subcommand("hold")) hold(wishes);
}

void describe(CLI::App& app, Wishes& wishes) {
    app.set_version_flag("--version", revision.version);
    app.add_flag("--init", wishes.make, "Make the register, with sample patients");
    app.add_option("--rows", wishes.rows, "How many sample patients")->check(CLI::NonNegativeNumber);
    app.add_flag("--self-test", wishes.self_test, "Check the register; exit 0 when it is sound, else 1");
    CLI::App* adding = app.add_subcommand("add", "Add a patient");
    adding->add_option("name", wishes.name)->required();
    adding->add_option("village", wishes.village)->required();
    app.add_subcommand("list", "List the patients");
    CLI::App* holding = app.add_subcommand("hold", "Keep the register open");
    holding->add_option("seconds", wishes.seconds)->required();
    holding->add_flag("--writing", wishes.writing, "In a write transaction, which is undone at the end");
}

int run_command_line(std::vector<std::string> words) {
    CLI::App app("A clinic's register");
    try {
        Wishes wishes;
        describe(app, wishes);
        std::ranges::reverse(words); // as CLI11 takes them
        app.parse(std::move(words));
        run(app, wishes);
        return 0;
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    }
}

} // namespace
} // namespace lockstep::clinic

int main(int argc, char** argv) {
    try {
        return lockstep::clinic::run_command_line(lockstep::clinic::words_of(argc, argv));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
