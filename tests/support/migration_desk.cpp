#include "tests/support/migration_desk.h"

#include "payload/sqlite.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace lockstep {

namespace fs = std::filesystem;

MigrationDesk::MigrationDesk(const std::string& older_sql) {
    Database(older(), OpenMode::create).run(older_sql); // too long for a command line, some of them
    for (const std::string version : {"1.0.0", "1.1.0"})
        write_file(folder_ / ("app-" + version + "/app.txt"), "of " + version + "\n");
    fs::create_directories(folder_ / "migrations");
    release();
}

void MigrationDesk::script(const std::string& sql, const std::string& name) const {
    write_file(folder_ / ("migrations/1.1.0/" + name), sql);
}

void MigrationDesk::release(const std::string& lines, const std::string& database_lines) const {
    write_file(
        folder_ / "release.toml",
        "product = \"drafted\"\nversion = \"1.1.0\"\ncode = \"app-1.1.0\"\nmigrations = \"migrations\"\n" +
            lines +
            "[[previous]]\nversion = \"1.0.0\"\ncode = \"app-1.0.0\"\nsamples = { main = [\"old.db\"] }\n"
            "[[database]]\nname = \"main\"\npath = \"data/app.db\"\n" +
            database_lines);
}

Ran MigrationDesk::lockstep(std::vector<std::string> words) const {
    words.insert(words.begin(), built("lockstep"));
    return run(words, folder_.path());
}

Ran MigrationDesk::lint(std::vector<std::string> more) const {
    more.insert(more.begin(), {"lint", "release.toml", "--db", "old.db"});
    return lockstep(more);
}

void MigrationDesk::must(const Ran& ran, const std::string& what) const {
    if (ran.code != 0)
        throw std::runtime_error(what + " ended with " + std::to_string(ran.code) + ": " + ran.out + ran.err);
}

std::string MigrationDesk::updated() const {
    must(rehearse(), "rehearse");
    must(lockstep({"keygen", "key"}), "keygen");
    must(lockstep({"build", "release.toml", "--key", "key.key", "-o", "out.bundle"}), "build");
    const std::string root = folder_ / "installation";
    fs::copy(folder_ / "app-1.0.0", root);
    fs::create_directories(root + "/data");
    fs::copy_file(older(), database(root));
    must(run({built("update"), "--root", root, "--bundle", folder_ / "out.bundle", "--trust",
              folder_ / "key.pub"},
             folder_.path()),
         "update");
    return root;
}

std::vector<std::string> risks_in(const Ran& ran) {
    std::vector<std::string> lines;
    const auto report = nlohmann::json::parse(ran.out);
    for (const auto& risk : report["risks"])
        lines.push_back(risk["kind"].get<std::string>() + " " + risk["place"].get<std::string>() + ": " +
                        risk["before"].dump() + " > " + risk["after"].dump() + " " + risk["keys"].dump());
    return lines;
}

} // namespace lockstep
