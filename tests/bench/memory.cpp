// Peak memory for large databases: a made one whose largest table is rebuilt, and a real one.
#include "tests/bench/figures.h"

#include <filesystem>
#include <iostream>

namespace lockstep {
namespace {

constexpr int row_bytes = 1000;

void make_rebuilding_release(const Workshop& workshop) {
    sqlite(workshop / "samples/register-1.0.0.db",
           "CREATE TABLE attachment(id INTEGER PRIMARY KEY, person_id INTEGER, content BLOB NOT NULL);"
           "INSERT INTO attachment VALUES(1,1,x'00'),(2,2,x'01');");
    write_file(
        workshop / "migrations/1.1.0/all.sql",
        "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n"
        "CREATE TABLE attachment_new(id INTEGER PRIMARY KEY, person_id INTEGER, content BLOB NOT NULL, "
        "size INTEGER NOT NULL);\n"
        "INSERT INTO attachment_new SELECT id, person_id, content, length(content) FROM attachment;\n"
        "DROP TABLE attachment;\n"
        "ALTER TABLE attachment_new RENAME TO attachment;\n"
        "CREATE INDEX attachment_person ON attachment(person_id, size);\n");
}

std::string install_large(Workshop& workshop, const std::string& name, std::int64_t bytes) {
    const std::string root = workshop.install(name);
    sqlite(workshop.database(root),
           "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
           "CREATE TABLE attachment(id INTEGER PRIMARY KEY, person_id INTEGER, content BLOB NOT NULL);"
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<" +
               std::to_string(bytes / row_bytes) +
               ") INSERT INTO attachment SELECT i, i*7919%50+1, randomblob(" + std::to_string(row_bytes) +
               ") FROM n;");
    return root;
}

void measure_made(Workshop& workshop, const std::string& bundle, std::int64_t megabytes) {
    const std::string name = std::to_string(megabytes) + " MB made database";
    const std::string root = install_large(workshop, "field", megabytes * 1'000'000);
    print_memory(name, must_succeed(workshop.apply(root, bundle, {"--json"}), name));
    std::filesystem::remove_all(root);
}

void measure_eden(const Scale& scale) {
    const std::string shared = shared_data();
    if (shared.empty()) {
        std::cout << "the real database is not there: set LOCKSTEP_SHARED\n";
        return;
    }
    const std::string source = source_file("tests/scenario/eden/");
    Workshop workshop;
    const std::string sample = workshop / "eden-2021.db";
    must_succeed(run({"zstd", "-q", "-d", shared + "/eden/eden-2021.db.zst", "-o", sample}), "zstd");
    std::filesystem::remove(workshop / "migrations/1.1.0/all.sql");
    write_file(workshop / "eden/1.1.0/all.sql", read_file(source + "migration.sql"));
    write_file(workshop / "eden/1.1.0/checks.sql", read_file(source + "checks.sql"));
    write_file(workshop / "eden.toml",
               "product = \"eden\"\nversion = \"1.1.0\"\ncode = \"app-1.1.0\"\nmigrations = \"eden\"\n"
               "entry_points = [\"app\"]\n" +
                   read_file(source + "declarations.toml") +
                   "[[previous]]\nversion = \"1.0.0\"\ncode = \"app-1.0.0\"\n"
                   "samples = { main = [\"eden-2021.db\"] }\n");
    const std::string bundle = workshop.bundle(workshop / "eden.toml");
    const std::string root = workshop / "field";
    std::filesystem::copy(workshop / "app-1.0.0", root, std::filesystem::copy_options::recursive);
    std::filesystem::create_directories(root + "/databases");
    std::filesystem::copy(sample, root + "/databases/storage.db");
    const std::string rows = scale.small ? "20000" : "400000";
    must_succeed(run({"sqlite3", root + "/databases/storage.db",
                      "CREATE TEMP TABLE grow(n); INSERT INTO grow VALUES(" + rows + ");",
                      ".read " + shared + "/eden/grow.sql"}),
                 "grow");
    const std::string name = scale.small ? "26 MB real database" : "430 MB real database";
    print_memory(name, must_succeed(workshop.apply(root, bundle, {"--json"}), name));
}

} // namespace

void measure_memory(const Scale& scale) {
    {
        Workshop workshop;
        make_rebuilding_release(workshop);
        const std::string bundle = workshop.bundle(workshop / "release-1.1.0.toml");
        measure_made(workshop, bundle, scale.small ? 43 : 430);
        measure_made(workshop, bundle, scale.small ? 200 : 2000);
    }
    measure_eden(scale);
}

} // namespace lockstep
