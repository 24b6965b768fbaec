// The real one: a database that Sahana Eden made for itself, grown by years of field records, from its
// revision of 2021 to what its revision of 2024 made of the same records. See ../shared/data/eden/README.md.
#include "tests/support/workshop.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

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

class Eden : public testing::Test {
  protected:
    void SetUp() override {
        if (!fs::exists(eden_ + "/eden-2021.db.zst"))
            GTEST_SKIP() << "there is no eden-2021.db.zst in ../shared/data/eden, nor below LOCKSTEP_SHARED";
        must({"zstd", "-qdf", eden_ + "/eden-2021.db.zst", "-o", folder_ / "eden.db"});
        fs::permissions(folder_ / "eden.db", fs::perms::owner_read | fs::perms::owner_write);
        grow(folder_ / "eden.db");
        for (const std::string version : {"2021.3.0", "2024.9.0"})
            write_file(folder_ / ("app-" + version + "/eden.txt"), "of " + version + "\n");
        copy_script("migration.sql", "all.sql");
        copy_script("checks.sql", "checks.sql");
        write_release(read_file(source_ + "declarations.toml"));
        must({built("lockstep"), "keygen", "key"});
    }

    std::string must(const std::vector<std::string>& argv) const {
        const Ran ran = run(argv, folder_.path());
        EXPECT_EQ(ran.code, 0) << argv[0] << ' ' << argv[1] << '\n' << ran.err;
        return ran.out;
    }

    // LOCKSTEP_EDEN_ROWS=400000 makes 430 MB of it.
    void grow(const std::string& database) {
        const char* rows = std::getenv("LOCKSTEP_EDEN_ROWS");
        must(
            {"sqlite3", "-bail", database,
             "CREATE TEMP TABLE grow(n); INSERT INTO grow VALUES(" + std::string(rows ? rows : "5000") + ");",
             ".read " + eden_ + "/grow.sql", by_hand});
    }

    void copy_script(const std::string& from, const std::string& to) {
        write_file(folder_ / ("migrations/2024.9.0/" + to), read_file(source_ + from));
    }

    void write_release(const std::string& declarations) {
        const std::size_t database = declarations.find("\n[[database]]") + 1;
        write_file(folder_ / "release.toml",
                   "product = \"eden\"\nversion = \"2024.9.0\"\ncode = \"app-2024.9.0\"\nmigrations = "
                   "\"migrations\"\n" +
                       declarations.substr(0, database) +
                       "[[previous]]\nversion = \"2021.3.0\"\ncode = \"app-2021.3.0\"\n"
                       "samples = { main = [\"eden.db\"] }\n" +
                       declarations.substr(database));
    }

    Ran rehearse() const { return run({built("lockstep"), "rehearse", "release.toml"}, folder_.path()); }

    // Another installation has other records, and other defaults in its schema.
    std::string install() {
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

    const std::string eden_ = shared_data() + "/eden";
    const std::string source_ = source_file("tests/scenario/eden/");
    TemporaryFolder folder_;
};

TEST_F(Eden, IsUpdatedWithEveryRecordAndRolledBackToTheByte) {
    const Ran rehearsed = rehearse();
    ASSERT_EQ(rehearsed.code, 0) << rehearsed.err;
    must({built("lockstep"), "build", "release.toml", "--key", "key.key", "-o", "eden.bundle"});
    const std::string root = install();
    const std::string database = root + "/databases/storage.db";
    const std::string old = folder_ / "before.db";
    fs::copy_file(database, old);
    const Tree before = tree_of(root);

    const Ran applied = run({built("update"), "--root", root, "--bundle", folder_ / "eden.bundle", "--trust",
                             folder_ / "key.pub"});
    ASSERT_EQ(applied.code, 0) << applied.err;
    EXPECT_EQ(read_file(root + "/eden.txt"), "of 2024.9.0\n");
    EXPECT_FALSE(fs::exists(database + "-journal"));

    // The release's own checks, row by row, once more: by another program, with the old database as `before`.
    const std::string before_it = "ATTACH '" + old + "' AS before; ";
    EXPECT_EQ(sqlite(database, before_it + read_file(source_ + "checks.sql")), "");
    EXPECT_EQ(sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check"), "ok\n");
    EXPECT_EQ(
        sqlite(
            database,
            before_it +
                "SELECT count(*) = (SELECT count(*) FROM before.req_req) AND count(*) > 4999 FROM inv_req"),
        "1\n");
    EXPECT_EQ(
        sqlite(database, "SELECT capacity, typeof(capacity), free_capacity FROM inv_warehouse ORDER BY id"),
        "500.0|real|120.0\n0.0|real|\n");
    EXPECT_EQ(
        sqlite(database,
               "INSERT INTO inv_warehouse(name, uuid) VALUES('x', 'x'); SELECT max(id) FROM inv_warehouse;"
               "DELETE FROM inv_warehouse WHERE name = 'x'"),
        "8\n"); // 7 was taken

    const Ran back = run({built("update"), "--root", root, "rollback", "--set-newer-aside"});
    ASSERT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

struct Removed {
    std::string declaration;
    std::string replacement;
    std::string sentence;
};

// What the loss ledger asks for is exactly what the release declares: each removed in turn is missed.
TEST_F(Eden, NeedsEachOfItsDeclarations) {
    const std::string all = read_file(source_ + "declarations.toml");
    const std::vector<Removed> removals{
        {"req_commit = \"inv_commit\", ", "", "table req_commit ("},
        {"dropped_tables = [\"supply_brand\"]", "dropped_tables = []", "table supply_brand ("},
        {"\"asset_log.room_id\" = \"asset_log.layout_id\", ", "", "column asset_log.room_id ("},
        {"\"pr_person.initials\" = \"pr_person_details.initials\", ", "", "column pr_person.initials ("},
        {"\"inv_warehouse.capacity\", ", "",
         "column inv_warehouse.capacity: 2 of 2 values changed (keys 1, 2)"},
        {"\"supply_item.brand_id\"", "", "column supply_item.brand_id ("},
        {", org_room = \"org_site_layout\"", "", "table org_room ("},
    };
    for (const Removed& removed : removals) {
        std::string fewer = all;
        const std::size_t place = fewer.find(removed.declaration);
        ASSERT_NE(place, std::string::npos) << removed.declaration;
        write_release(fewer.replace(place, removed.declaration.size(), removed.replacement));
        const Ran ran = rehearse();
        EXPECT_EQ(ran.code, 21) << removed.declaration << ran.err;
        EXPECT_NE(ran.err.find(removed.sentence), std::string::npos) << removed.declaration << ran.err;
    }
}

} // namespace
} // namespace lockstep
