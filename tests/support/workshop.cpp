#include "tests/support/workshop.h"

#include <filesystem>
#include <stdexcept>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string must(const Ran& ran, const std::string& what) {
    if (ran.code != 0)
        throw std::runtime_error(what + ": " + std::to_string(ran.code) + "\n" + ran.out + ran.err);
    return ran.out;
}

} // namespace

Workshop::Workshop() {
    keygen("key");
    for (const std::string version : {"1.0.0", "1.1.0", "1.2.0"}) {
        make_code(version);
        make_sample(version);
    }
    make_migrations();
    release("1.1.0", {"1.0.0"});
}

void Workshop::make_code(const std::string& version) {
    const std::string tree = folder_ / ("app-" + version) + "/";
    write_file(tree + "app", read_file(fs::canonical("/bin/sleep")) + version, 0755);
    write_file(tree + "lib/same.txt", "the same in all\n");
    write_file(tree + "settings.ini", "language = en\n");
    if (version == "1.0.0") {
        write_file(tree + "lib/changed.txt", "old\n");
        write_file(tree + "lib/removed.txt", "only in 1.0.0\n");
        fs::remove(tree + "settings.ini");
    } else {
        write_file(tree + "lib/changed.txt", "new in " + version + "\n");
        write_file(tree + "lib/added.txt", std::string(300000, 'a'));
        write_file(tree + "new folder/ünï.txt", "non-ASCII\n");
    }
}

void Workshop::make_sample(const std::string& version) {
    fs::create_directories(folder_ / "samples");
    sqlite(folder_ / ("samples/register-" + version + ".db"),
           register_schema(version) + register_rows(version, 10));
}

void Workshop::make_migrations() {
    write_file(folder_ / "migrations/1.1.0/all.sql",
               "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n");
    write_file(folder_ / "migrations/1.2.0/all.sql", "ALTER TABLE person RENAME COLUMN name TO full_name;\n");
}

std::string Workshop::release(const std::string& version, const std::vector<std::string>& previous,
                              const std::string& more, const std::string& database_more) {
    std::string text =
        "product = \"register\"\nversion = \"" + version + "\"\ncode = \"app-" + version +
        "\"\nmigrations = \"migrations\"\npreserve = [\"settings.ini\"]\nentry_points = [\"app\"]\n";
    if (version == "1.2.0") text += "moved_columns = { \"person.name\" = \"person.full_name\" }\n";
    text += more;
    for (const std::string& each : previous)
        text += "[[previous]]\nversion = \"" + each + "\"\ncode = \"app-" + each +
                "\"\nsamples = { main = [\"samples/register-" + each + ".db\"] }\n";
    text += "[[database]]\nname = \"main\"\npath = \"data/register.db\"\n" + database_more;
    const std::string path = folder_ / ("release-" + version + ".toml");
    write_file(path, text);
    return path;
}

void Workshop::keygen(const std::string& name) {
    must(run({built("lockstep"), "keygen", name}, path()), "keygen " + name);
}

std::string Workshop::rehearse(const std::string& release) {
    return must(lockstep({"rehearse", release}), "rehearse " + release);
}

std::string Workshop::bundle(const std::string& release, const std::string& key,
                             const std::vector<std::string>& more) {
    rehearse(release);
    const std::string out = release.substr(0, release.size() - 5) + "-" + key + ".bundle";
    std::vector<std::string> words{"build", release, "--key", folder_ / (key + ".key"), "-o", out};
    words.insert(words.end(), more.begin(), more.end());
    must(lockstep(words), "build " + release);
    return out;
}

std::string Workshop::wrapped(const std::string& bundle) {
    const std::string out = bundle + ".update";
    must(lockstep({"wrap", bundle, "--stub", built("update"), "-o", out}), "wrap " + bundle);
    return out;
}

std::string Workshop::install(const std::string& name, const std::string& version, int rows) {
    const std::string root = folder_ / name;
    fs::copy(folder_ / ("app-" + version), root, fs::copy_options::recursive);
    fs::create_directories(root + "/data");
    sqlite(database(root), register_schema(version) + register_rows(version, rows));
    return root;
}

Ran Workshop::lockstep(std::vector<std::string> words) const {
    words.insert(words.begin(), built("lockstep"));
    return run(words, path());
}

Ran Workshop::update(const std::string& root, std::vector<std::string> words) const {
    words.insert(words.begin(), {built("update"), "--root", root});
    return run(words, path());
}

Ran Workshop::apply(const std::string& root, const std::string& bundle,
                    std::vector<std::string> words) const {
    words.insert(words.begin(), {"--bundle", bundle, "--trust", folder_ / "key.pub"});
    return update(root, words);
}

std::string register_schema(const std::string& version) {
    const std::string name = version == "1.2.0" ? "full_name" : "name";
    const std::string status = version == "1.0.0" ? "" : ", status TEXT NOT NULL DEFAULT 'active'";
    return "CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
           "CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, " +
           name +
           " TEXT NOT NULL COLLATE NOCASE, "
           "place_id INTEGER REFERENCES place(id)" +
           status +
           ");"
           "CREATE INDEX person_name ON person(" +
           name + ");";
}

std::string register_rows(const std::string& version, int rows) {
    const std::string name = version == "1.2.0" ? "full_name" : "name";
    return "INSERT INTO place VALUES(1,'Ærøskøbing'),(2,'Ñandú');"
           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<" +
           std::to_string(rows) +
           ") "
           "INSERT INTO person(" +
           name + ",place_id) SELECT 'Zoë '||i, 1+i%2 FROM n;";
}

std::string sqlite(const std::string& database, const std::string& sql) {
    return must(run({"sqlite3", "-batch", "-bail", database, sql}), "sqlite3 " + database);
}

} // namespace lockstep
