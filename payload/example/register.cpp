#include "payload/example/register.h"

#include "payload/example/revision.h"

#include <array>
#include <filesystem>

namespace lockstep::clinic {
namespace {

constexpr std::array<const char*, 8> names{"Ñandú Quispe",      "Zoë Brontë",       "李",
                                           "Søren Kierkegaard", "Anna Maria Øster", "Łukasz Żak",
                                           "Ali Öztürk",        "Mary O'Neill"};
constexpr std::array<const char*, 5> villages{"Ærøskøbing", "Valsør", "Ñuñoa", "São João", "Port-au-Prince"};
constexpr std::array<const char*, 4> complaints{"fever", "cough — dry", "fièvre et toux", "vaccination"};

std::string database_path(const std::string& folder) {
    return folder + "/data/clinic.db";
}

// Of a narrow string Windows would take the bytes for those of its own code page.
std::filesystem::path path_of(const std::string& utf8) {
    return std::u8string(utf8.begin(), utf8.end());
}

std::string sample_name(int number) {
    const auto index = static_cast<std::size_t>(number);
    const std::string name = names[index % names.size()];
    return index < names.size() ? name : name + " " + std::to_string(number);
}

void add_sample_patient(Database& database, int number) {
    const auto index = static_cast<std::size_t>(number);
    add_patient(database, sample_name(number), villages[index % villages.size()]);
    if (number % 4 == 3) return; // some were never seen
    const auto patient = database.integer("SELECT max(id) FROM patient").value();
    Statement visit = database.prepare(revision.add_visit);
    const std::string day =
        database.text("SELECT date('2020-01-01', '" + std::to_string(number % 2000) + " days')").value();
    visit.bind(1, patient).bind(2, day).bind(3, complaints[index % complaints.size()]).step();
}

void add_samples(Database& database, int patients) {
    for (int number = 0; number < patients; ++number) add_sample_patient(database, number);
    // The last number was given out and its patient removed: it must not be given out again, after an update
    // either.
    add_patient(database, "Registered by mistake", villages[0]);
    database.run("DELETE FROM patient WHERE id = (SELECT max(id) FROM patient)");
    database.run(revision.sample_details);
}

Error unsound(const std::string& cause) {
    return {Code::health_failed, "pass the self-test", "of the register", cause};
}

void require_none(Database& database, const std::string& problems_sql) {
    Statement problems = database.prepare(problems_sql);
    if (problems.step()) throw unsound(problems.text(0));
}

} // namespace

void make_register(const std::string& folder, int patients) {
    const std::string path = database_path(folder);
    if (std::filesystem::exists(path_of(path)))
        throw Error(Code::wrong_usage, "make the register", path, "there is one already");
    std::filesystem::create_directories(path_of(folder + "/data"));
    Database database(path, OpenMode::create);
    Transaction transaction(database);
    database.run("PRAGMA application_id = " + std::to_string(application_id));
    database.run("PRAGMA user_version = " + std::to_string(revision.schema));
    database.run(revision.create);
    add_samples(database, patients);
    transaction.commit();
    database.close();
}

Database open_register(const std::string& folder, OpenMode mode) {
    Database database(database_path(folder), mode);
    database.run("PRAGMA foreign_keys = ON");
    const auto found = database.integer("PRAGMA user_version");
    if (found != revision.schema)
        throw Error(Code::not_recognised, "open the register", database.path(),
                    std::string("clinic ") + revision.version + " reads schema " +
                        std::to_string(revision.schema) + ", this is schema " +
                        std::to_string(found.value_or(0)));
    return database;
}

void add_patient(Database& register_, const std::string& name, const std::string& village) {
    register_.prepare(revision.add_place).bind(1, village).step();
    register_.prepare(revision.add_patient).bind(1, name).bind(2, village).step();
}

std::vector<std::string> patient_lines(Database& register_) {
    std::vector<std::string> lines;
    Statement patients = register_.prepare(revision.list);
    while (patients.step()) {
        std::string line = patients.text(0);
        for (int column = 1; column < patients.columns(); ++column) line += "\t" + patients.text(column);
        lines.push_back(line);
    }
    return lines;
}

void test_register(Database& register_) {
    if (register_.text("PRAGMA integrity_check") != "ok") throw unsound("the database is damaged");
    require_none(register_,
                 "SELECT 'a row of ' || \"table\" || ' refers to nothing' FROM pragma_foreign_key_check");
    require_none(register_, revision.problems);
    const auto patients = register_.integer("SELECT count(*) FROM patient").value();
    const auto read = patient_lines(register_).size();
    if (static_cast<std::int64_t>(read) != patients)
        throw unsound(std::to_string(patients) + " patients, but " + std::to_string(read) + " read back");
}

} // namespace lockstep::clinic
