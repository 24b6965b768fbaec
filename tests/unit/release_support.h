// A small release on disk: two code trees, a sample database, one migration.
#pragma once

#include "packaging/evidence.h"
#include "packaging/release.h"
#include "payload/sqlite.h"
#include "tests/support/temporary_folder.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace lockstep {

inline void write_file(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

inline std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline const char* const small_release = R"(product = "clinic"
version = "1.1.0"
code = "app-1.1.0"
migrations = "migrations"
preserve = ["settings.ini"]
entry_points = ["clinic"]

[[previous]]
version = "1.0.0"
code = "app-1.0.0"
samples = { main = ["sample.db"] }

[[database]]
name = "main"
path = "data/clinic.db"
)";

class ReleaseFolder {
  public:
    ReleaseFolder() {
        write_file(folder_ / "release.toml", small_release);
        write_file(folder_ / "app-1.0.0/clinic", "old program");
        write_file(folder_ / "app-1.1.0/clinic", "new program");
        write_file(folder_ / "app-1.1.0/settings.ini", "colour=blue");
        std::filesystem::permissions(folder_ / "app-1.1.0/clinic", std::filesystem::perms(0775));
        write_file(folder_ / "migrations/1.1.0/all.sql", "ALTER TABLE patient ADD COLUMN born TEXT;\n");
        write_file(folder_ / "gate", "gate program");
        Database(folder_ / "sample.db", OpenMode::create)
            .run("CREATE TABLE patient(id INTEGER PRIMARY KEY, name TEXT)");
    }

    std::string operator/(const std::string& name) const { return folder_ / name; }
    Release release() const { return read_release(folder_ / "release.toml"); }

    // What a rehearsal would have left.
    Evidence evidence() const {
        Evidence evidence = evidence_for(release(), read_migrations(release()));
        evidence.created = "2026-01-02T03:04:05Z";
        evidence.schemas[""]["main"] = {std::string(64, 'a'), {{"table patient", std::string(64, 'b')}}};
        RehearsalRun measured;
        measured.from = "1.0.0";
        measured.database_bytes = 8192;
        measured.rows = {{"patient", 3}};
        evidence.runs.push_back(measured);
        return evidence;
    }

  private:
    TemporaryFolder folder_;
};

} // namespace lockstep
