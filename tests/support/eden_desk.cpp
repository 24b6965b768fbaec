#include "tests/support/eden_desk.h"

#include <cstdlib>
#include <filesystem>

namespace lockstep {
namespace {

// grow.sql makes no warehouses, no rooms in use beyond its own, and no person with a word in `missing`.
const char* const by_hand =
    "INSERT INTO inv_warehouse(id, name, capacity, free_capacity, uuid) VALUES"
    " (1, 'Ærø depot', 500, 120, 'urn:uuid:w1'), (2, 'Empty', 0, NULL, 'urn:uuid:w2'), (7, 'Half', 3.5, 1, "
    "'urn:uuid:w7');"
    "DELETE FROM inv_warehouse WHERE id = 7;" // its number must not be given out again
    "UPDATE pr_person SET missing = 'T' WHERE id % 7 = 0;"
    "INSERT INTO req_commit(req_id, comments, uuid) SELECT id, 'committed', 'urn:uuid:commit-' || id FROM "
    "req_req WHERE id % 9 = 0;"
    "INSERT INTO req_commit_item(commit_id, quantity, uuid) SELECT id, 2.5, 'urn:uuid:ci-' || id FROM "
    "req_commit;"
    "INSERT INTO gis_layer_bing(name, uuid) VALUES('Æ', 'urn:uuid:b1');"
    "INSERT INTO pr_physical_description(pe_id, height, comments, uuid) SELECT pe_id, 170, 'tall', "
    "'urn:uuid:pd-' || id"
    " FROM pr_person WHERE id % 11 = 0;";

} // namespace

namespace fs = std::filesystem;

void EdenDesk::SetUp() {
    if (!fs::exists(eden_ + "/eden-2021.db.zst"))
        GTEST_SKIP() << "there is no eden-2021.db.zst in ../shared/data/eden, nor below LOCKSTEP_SHARED";
    fs::rename(unpacked("2021"), folder_ / "eden.db");
    grow(folder_ / "eden.db");
    for (const std::string version : {"2021.3.0", "2024.9.0"})
        write_file(folder_ / ("app-" + version + "/eden.txt"), "of " + version + "\n");
    must({built("lockstep"), "keygen", "key"});
}

std::string EdenDesk::must(const std::vector<std::string>& argv) const {
    const Ran ran = run(argv, folder_.path());
    EXPECT_EQ(ran.code, 0) << argv[0] << ' ' << argv[1] << '\n' << ran.err;
    return ran.out;
}

std::string EdenDesk::unpacked(const std::string& year) const {
    const std::string file = folder_ / ("eden-" + year + ".db");
    must({"zstd", "-qdf", eden_ + "/eden-" + year + ".db.zst", "-o", file});
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    return file;
}

void EdenDesk::grow(const std::string& database) {
    const char* rows = std::getenv("LOCKSTEP_EDEN_ROWS");
    must({"sqlite3", "-bail", database,
          "CREATE TEMP TABLE grow(n); INSERT INTO grow VALUES(" + std::string(rows ? rows : "5000") + ");",
          ".read " + eden_ + "/grow.sql", by_hand});
}

void EdenDesk::write_release(const std::string& declarations) {
    const std::size_t database = declarations.find("\n[[database]]") + 1;
    write_file(folder_ / "release.toml",
               "product = \"eden\"\nversion = \"2024.9.0\"\ncode = \"app-2024.9.0\"\nmigrations = "
               "\"migrations\"\n" +
                   declarations.substr(0, database) +
                   "[[previous]]\nversion = \"2021.3.0\"\ncode = \"app-2021.3.0\"\n"
                   "samples = { main = [\"eden.db\"] }\n" +
                   declarations.substr(database));
}

Ran EdenDesk::rehearse() const {
    return run({built("lockstep"), "rehearse", "release.toml"}, folder_.path());
}

void EdenDesk::build() const {
    must({built("lockstep"), "build", "release.toml", "--key", "key.key", "-o", "eden.bundle"});
}

Ran EdenDesk::apply(const std::string& root) const {
    return run({built("update"), "--root", root, "--bundle", folder_ / "eden.bundle", "--trust",
                folder_ / "key.pub"});
}

std::string EdenDesk::install() {
    const std::string root = folder_ / "installation";
    fs::copy(folder_ / "app-2021.3.0", root);
    fs::create_directories(root + "/databases");
    fs::copy_file(folder_ / "eden.db", root + "/databases/storage.db");
    sqlite(root + "/databases/storage.db",
           "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = replace(sql, '''urn:uuid:', "
           "'''urn:uuid:ff');"
           "PRAGMA writable_schema=RESET; UPDATE supply_item SET comments = 'ours' WHERE id % 3 = 0;");
    return root;
}

} // namespace lockstep
