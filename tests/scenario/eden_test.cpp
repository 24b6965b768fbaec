// The real one: a database that Sahana Eden made for itself, grown by years of field records, from its
// revision of 2021 to what its revision of 2024 made of the same records. See ../shared/data/eden/README.md.
#include "tests/support/eden_desk.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class Eden : public EdenDesk {
  protected:
    void SetUp() override {
        EdenDesk::SetUp();
        if (IsSkipped()) return;
        copy_script("migration.sql", "all.sql");
        copy_script("checks.sql", "checks.sql");
        write_release(read_file(source_ + "declarations.toml"));
    }

    void copy_script(const std::string& from, const std::string& to) {
        write_file(folder_ / ("migrations/2024.9.0/" + to), read_file(source_ + from));
    }

    const std::string source_ = source_file("tests/scenario/eden/");
};

TEST_F(Eden, IsUpdatedWithEveryRecordAndRolledBackToTheByte) {
    const Ran rehearsed = rehearse();
    ASSERT_EQ(rehearsed.code, 0) << rehearsed.err;
    build();
    const std::string root = install();
    const std::string database = root + "/databases/storage.db";
    const std::string old = folder_ / "before.db";
    fs::copy_file(database, old);
    const Tree before = tree_of(root);

    const Ran applied = apply(root);
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
