// The loss ledger on a real application's database: see ../shared/data/eden/README.md.
#include "loss_fixture.h"
#include "tests/support/run.h"

#include <cstdlib>

namespace lockstep {
namespace {

class LossEdenTest : public LossTest {
  protected:
    void SetUp() override {
        if (shared_data().empty()) GTEST_SKIP() << "there is no ../shared/data, nor LOCKSTEP_SHARED";
        unpack("eden-2021.db.zst", older_path("main"));
    }

    static void unpack(const std::string& name, const std::string& to) {
        const std::string command = "zstd -qdf '" + shared_data() + "/eden/" + name + "' -o '" + to + "'";
        ASSERT_EQ(std::system(command.c_str()), 0)
            << command; // NOLINT(cert-env33-c): a test may use the shell
        std::filesystem::permissions(to, std::filesystem::perms::owner_all);
    }

    void migrate(const std::string& sql) {
        std::filesystem::copy_file(older_path("main"), newer_path("main"));
        Database(newer_path("main"), OpenMode::read_write).run(sql);
        names_ = {"main"};
    }
};

TEST_F(LossEdenTest, ACopyHasLostNothing) {
    migrate("VACUUM");
    EXPECT_EQ(messages(violations()), Messages{});
}

TEST_F(LossEdenTest, EachLossIsNamedOnce) {
    migrate("ALTER TABLE gis_marker RENAME TO gis_symbol;"
            "ALTER TABLE supply_item RENAME COLUMN um TO unit;"
            "DELETE FROM gis_location_tag WHERE id IN (3, 5, 8, 13);"
            "UPDATE auth_group SET description = NULL WHERE id = 2;"
            "UPDATE gis_symbol SET name = upper(name) WHERE id = 7;"
            "DROP TABLE org_room;");
    const std::string renamed = "column supply_item.um (284 values) is gone; "
                                "the new column supply_item.unit has the same values";
    const auto found = violations();
    EXPECT_EQ(messages(found),
              (Messages{"column auth_group.description: 1 of 9 values changed (key 2)",
                        "table gis_location_tag: 4 of 248 rows are gone (keys 3, 5, 8)",
                        "table gis_marker (78 rows) is gone; the new table gis_symbol has the same columns",
                        "table org_room (no rows) is gone", renamed}));
    EXPECT_EQ(paste_ready(found), "changed_columns = [\"auth_group.description\"]\n"
                                  "dropped_tables = [\"org_room\"]\n"
                                  "max_shrink = { gis_location_tag = \"4\" }\n"
                                  "moved_columns = { \"supply_item.um\" = \"supply_item.unit\" }\n"
                                  "renamed_tables = { gis_marker = \"gis_symbol\" }\n");
    Declarations declared{.max_shrink = {{"gis_location_tag", "4"}},
                          .renamed_tables = {{"gis_marker", "gis_symbol"}},
                          .dropped_tables = {"org_room"},
                          .moved_columns = {{"supply_item.um", "supply_item.unit"}},
                          .changed_columns = {"auth_group.description"}};
    EXPECT_EQ(messages(violations(declared)),
              Messages{"column gis_marker.name: 1 of 78 values changed (key 7)"});
}

// Eden made both databases itself, at two revisions; nobody migrated the one to the other.
TEST_F(LossEdenTest, FindsEveryTableThatTheNewRevisionNoLongerHas) {
    unpack("eden-2024.db.zst", newer_path("main"));
    names_ = {"main"};
    const auto found = violations();
    const auto gone = std::count_if(found.begin(), found.end(), [](const Violation& violation) {
        return violation.declaration.starts_with("dropped_tables") ||
               violation.declaration.starts_with("renamed_tables");
    });
    EXPECT_EQ(gone, 42);
}

} // namespace
} // namespace lockstep
