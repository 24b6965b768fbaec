// Story 1 of the release manager: the two real databases of Sahana Eden, a draft between them with one
// decision, and the years of records that a laptop has taken through it by the real engine.
#include "packaging/compared_databases.h"
#include "payload/schema.h"
#include "tests/support/eden_desk.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <set>
#include <sstream>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// Of the 2 people that Eden makes for itself, both have a word in opt_in, which 2024 has no place for.
constexpr const char* the_one_decision = "dropped_columns = [\"pr_person.opt_in\"]\n";

// What ../shared/data/eden/README.md says that lies between the two, as `diff --json` tells it.
const std::set<std::string> real_changes{
    "renamed-table req_req inv_req",
    "renamed-table req_req_item inv_req_item",
    "renamed-table req_req_item_category inv_req_item_category",
    "renamed-table req_req_tag inv_req_tag",
    "renamed-table req_job inv_req_job",
    "renamed-table req_commit inv_commit",
    "renamed-table req_commit_item inv_commit_item",
    "renamed-table org_room org_site_layout",
    "renamed-column asset_log.datetime asset_log.date",
    "renamed-column asset_log.datetime_until asset_log.date_until",
    "renamed-column asset_log.room_id asset_log.layout_id",
    "moved-column pr_person.initials pr_person_details.initials",
    "moved-column pr_person.local_name pr_person_details.local_name",
    "moved-column pr_person.preferred_name pr_person_details.preferred_name",
    "moved-column pr_person.missing pr_person_details.missing",
    "lookup-to-text supply_item.brand_id supply_item.brand",
    "changed-type inv_warehouse.capacity inv_warehouse.capacity",
    "changed-type inv_warehouse.free_capacity inv_warehouse.free_capacity",
    "changed-type gis_layer_bing.type gis_layer_bing.type",
    "changed-type org_room.name org_site_layout.name",
    "changed-type pr_physical_description.ethnicity pr_physical_description.ethnicity"};

class EdenDraft : public EdenDesk {
  protected:
    void SetUp() override {
        EdenDesk::SetUp();
        if (IsSkipped()) return;
        older_ = unpacked("2021");
        newer_ = unpacked("2024");
        write_file(folder_ / "decisions.toml", the_one_decision);
    }

    Ran draft(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> argv{built("lockstep"),    "draft", older_, newer_, "-o",
                                      "migrations/2024.9.0"};
        argv.insert(argv.end(), more.begin(), more.end());
        return run(argv, folder_.path());
    }

    // Every value of every column that both revisions have, by whatever name, in rows of the same id.
    std::string changed_values(const std::string& before, const std::string& after, int& compared) const {
        const std::map<std::string, std::string> tables = renamed("renamed-table");
        const std::map<std::string, std::string> columns = renamed("renamed-column");
        ComparedDatabases both = open_compared(before, after);
        std::string changed;
        for (const auto& [name, table] : both.older.tables) {
            const auto now = tables.find(name);
            const TableSchema* newer = both.newer.table(now == tables.end() ? name : now->second);
            if (!newer) continue;
            for (const SchemaColumn& column : table.columns) {
                const auto place = columns.find(name + "." + column.name);
                const SchemaColumn* same = newer->column(
                    place == columns.end() ? column.name : place->second.substr(name.size() + 1));
                if (!same) continue;
                ++compared;
                if (const auto rows = both.database.integer(
                        "SELECT count(*) FROM main." + quoted_name(name) + " AS old LEFT JOIN newer." +
                        quoted_name(newer->name) + " AS new ON new." + quoted_name(table.key().at(0)) +
                        " = old." + quoted_name(table.key().at(0)) + " WHERE new." + quoted_name(same->name) +
                        " IS NOT old." + quoted_name(column.name)))
                    if (*rows != 0) changed += name + "." + column.name + ": " + std::to_string(*rows) + "\n";
            }
        }
        return changed;
    }

    static std::map<std::string, std::string> renamed(const std::string& kind) {
        std::map<std::string, std::string> names;
        for (const std::string& change : real_changes) {
            std::istringstream words(change);
            std::string first;
            std::string from;
            std::string to;
            words >> first >> from >> to;
            if (first == kind) names[from] = to;
        }
        return names;
    }

    std::string older_;
    std::string newer_;
};

TEST_F(EdenDraft, EveryRealChangeIsInferredAndNoneThatIsNot) {
    const Ran ran = run({built("lockstep"), "diff", older_, newer_, "--json"});
    ASSERT_EQ(ran.code, 1) << ran.err;
    const nlohmann::json told = nlohmann::json::parse(ran.out);
    std::set<std::string> applied;
    for (const auto& one : told["inferences"])
        if (one["applied"] && one["kind"] != "random-default")
            applied.insert(one["kind"].get<std::string>() + " " + one["from"].get<std::string>() + " " +
                           one["to"].get<std::string>());
    EXPECT_EQ(applied, real_changes);
    std::cout << applied.size() << " of " << real_changes.size() << " real changes were inferred, in "
              << ran.seconds << " s\n";
    std::map<std::string, int> fates;
    for (const auto& table : told["tables"]) ++fates[table["fate"].get<std::string>()];
    EXPECT_EQ(fates["appeared"], 52 - 8); // of the README's, 8 are renamed
    EXPECT_EQ(fates["disappeared"], 42 - 8);
}

TEST_F(EdenDraft, OneDecisionIsAskedForAndWithoutItNothingRuns) {
    const Ran ran = draft();
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.err.find("column pr_person.opt_in is gone, with 2 values. Say what becomes of them:"),
              std::string::npos)
        << ran.err;
    EXPECT_NE(ran.err.find("1 decision open."), std::string::npos) << ran.err;
    write_release(ran.out + "\n[[database]]\nname = \"main\"\npath = \"databases/storage.db\"\n"
                            "mask_defaults = [\"*.uuid\"]\n");
    const Ran rehearsed = rehearse();
    EXPECT_EQ(rehearsed.code, 20) << rehearsed.err;
    EXPECT_NE(rehearsed.err.find("decide: 1 place in this draft marked DECIDE"), std::string::npos)
        << rehearsed.err;
}

TEST_F(EdenDraft, TakesEveryRecordToTheSchemaOf2024) {
    const Ran drafted = draft({"--decisions", folder_ / "decisions.toml"});
    ASSERT_EQ(drafted.code, 0) << drafted.err;
    EXPECT_NE(drafted.err.find("no decisions open."), std::string::npos) << drafted.err;
    write_release(drafted.out + "\n[[database]]\nname = \"main\"\npath = \"databases/storage.db\"\n"
                                "mask_defaults = [\"*.uuid\"]\n");
    const Ran rehearsed = rehearse();
    ASSERT_EQ(rehearsed.code, 0) << rehearsed.err;
    build();
    const std::string root = install();
    const std::string database = root + "/databases/storage.db";
    const std::string old = folder_ / "before.db";
    fs::copy_file(database, old);
    const Ran applied = apply(root);
    ASSERT_EQ(applied.code, 0) << applied.err;

    Database migrated(database, OpenMode::read_only);
    Database released(newer_, OpenMode::read_only);
    const SchemaOptions masked{{"*.uuid"}, {}};
    EXPECT_EQ(schema_differences(fingerprint_of(released, "main", masked),
                                 fingerprint_of(migrated, "main", masked)),
              std::vector<std::string>{});
    EXPECT_EQ(fingerprint_of(migrated, "main", masked), fingerprint_of(released, "main", masked));
    EXPECT_EQ(sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check"), "ok\n");

    int compared = 0;
    EXPECT_EQ(changed_values(old, database, compared), "");
    std::cout << compared << " columns compared, row by row\n";
    EXPECT_GT(compared, 6000);
    const std::string before_it = "ATTACH '" + old + "' AS before; ";
    EXPECT_EQ(sqlite(database,
                     before_it +
                         "SELECT count(*) FROM before.supply_item AS old JOIN supply_item AS new USING (id) "
                         "WHERE new.brand IS NOT (SELECT name FROM before.supply_brand WHERE id = "
                         "old.brand_id); SELECT count(brand) > 3000 FROM supply_item"),
              "0\n1\n");
    EXPECT_EQ(sqlite(database,
                     before_it +
                         "SELECT count(*) FROM before.pr_person AS old LEFT JOIN pr_person_details AS new ON "
                         "new.person_id = old.id WHERE (old.initials, old.preferred_name, old.local_name, "
                         "old.missing) IS NOT (new.initials, new.preferred_name, new.local_name, "
                         "new.missing); SELECT count(*) = count(DISTINCT uuid) FROM pr_person_details"),
              "0\n1\n");
    EXPECT_EQ(sqlite(database,
                     "SELECT capacity, typeof(capacity), free_capacity FROM inv_warehouse ORDER BY id;"
                     "INSERT INTO inv_warehouse(name, uuid) VALUES('x', 'x');"
                     "SELECT max(id) FROM inv_warehouse"),
              "500.0|real|120.0\n0.0|real|\n8\n"); // 7 was taken
}

} // namespace
} // namespace lockstep
