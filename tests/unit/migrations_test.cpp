#include "packaging/combined_sql.h"
#include "packaging/migrations.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "tests/unit/release_support.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

class MigrationsTest : public testing::Test {
  protected:
    void write(const std::string& name, const std::string& text = "SELECT 1;\n") const {
        write_file(folder_ / ("migrations/" + name), text);
    }
    Release release() const {
        Release release = folder_.release();
        release.platforms = {"field", "office"};
        return release;
    }
    std::string refusal() const {
        return message_of<Error>([&] { read_migrations(release()); });
    }
    std::string sql(const std::string& platform = "") const {
        return combined_sql(release(), "1.0.0", "1.1.0", platform);
    }

    ReleaseFolder folder_;
};

TEST_F(MigrationsTest, OrdersVersionsAsVersionsAndStepsAsPromised) {
    write("1.0.10/all.sql");
    write("1.0.9/all.sql");
    write("1.1.0/office.sql");
    write("1.1.0/field.sql");
    write("1.1.0/b.run.toml", "argv = [\"{root}/b\"]\n");
    write("1.1.0/a.run.toml", "argv = [\"{root}/a\"]\ntimeout_s = 5\n");
    write("1.1.0/revert.sql");
    write("1.1.0/checks.sql");
    const Migrations all = read_migrations(release());
    ASSERT_EQ(all.migrations.size(), 3U);
    EXPECT_EQ(all.migrations[0].version, "1.0.9");
    EXPECT_EQ(all.migrations[1].version, "1.0.10");
    const Migration& last = all.migrations[2];
    std::vector<std::string> names;
    for (const Step& step : last.steps) names.push_back(step.script ? step.script->name : step.program->name);
    EXPECT_EQ(names, (std::vector<std::string>{"1.1.0/all.sql", "1.1.0/a.run.toml", "1.1.0/b.run.toml",
                                               "1.1.0/field.sql", "1.1.0/office.sql"}));
    EXPECT_EQ(last.steps[3].platform, "field");
    EXPECT_EQ(last.steps[1].program->timeout_s, 5);
    EXPECT_EQ(last.reverts.at(0).name, "1.1.0/revert.sql");
    EXPECT_EQ(last.checks->sha256, sha256("SELECT 1;\n"));
    EXPECT_EQ(all.sources.size(), 9U);
}

TEST_F(MigrationsTest, LeavesOtherVersionsAndSnapshotsAlone) {
    write("1.0.0/all.sql");
    write("1.2.0/all.sql");
    write("1.1.0-SNAPSHOT/nonsense.txt");
    EXPECT_EQ(read_migrations(release()).migrations.size(), 1U);
}

TEST_F(MigrationsTest, InitIsNoMigrationAndHasItsOwnRules) {
    EXPECT_FALSE(read_migrations(release()).init);
    write("init/all.sql");
    write("init/field.sql");
    const Migrations all = read_migrations(release());
    EXPECT_EQ(all.migrations.size(), 1U);
    ASSERT_TRUE(all.init);
    EXPECT_EQ(all.init->version, "init");
    EXPECT_EQ(all.init->steps.at(0).script->name, "init/all.sql");
    EXPECT_EQ(all.init->steps.at(1).platform, "field");
    EXPECT_TRUE(all.sources.contains("init/field.sql"));

    write("init/revert.sql");
    EXPECT_NE(refusal().find("init/revert.sql: before it there is no database to go back to"),
              std::string::npos)
        << refusal();
    std::filesystem::remove(folder_ / "migrations/init/revert.sql");
    write("init/schema.sql");
    EXPECT_NE(refusal().find("init/schema.sql: 'schema' is none of release.toml's platforms"),
              std::string::npos)
        << refusal();
    std::filesystem::remove_all(folder_ / "migrations/init");
    write("init/checks.sql");
    EXPECT_NE(refusal().find("it holds no script that makes anything"), std::string::npos) << refusal();
}

TEST_F(MigrationsTest, CriticalPlatformsAreToldApartAndNeverInitialised) {
    write("init/all.sql");
    Release critical = release();
    EXPECT_EQ(platforms_to_initialise(critical, read_migrations(critical)), std::vector<std::string>{""});
    critical.critical_platforms = {"office"};
    const Migrations all = read_migrations(critical);
    EXPECT_EQ(platforms_that_differ(critical, all), (std::vector<std::string>{"field", "office"}));
    EXPECT_EQ(platforms_to_initialise(critical, all), std::vector<std::string>{"field"});
    critical.critical_platforms = {"field", "office"};
    EXPECT_NE(message_of<Error>([&] { read_migrations(critical); }).find("it would never run"),
              std::string::npos);
}

TEST_F(MigrationsTest, RefusesByNameWhatWouldNotRun) {
    write("1.1.0/feild.sql");
    EXPECT_NE(refusal().find("1.1.0/feild.sql: 'feild' is none of release.toml's platforms"),
              std::string::npos);
    std::filesystem::remove(folder_ / "migrations/1.1.0/feild.sql");
    write("1.1.0/notes.txt");
    EXPECT_NE(refusal().find("1.1.0/notes.txt: it is none of all.sql, <platform>.sql"), std::string::npos);
    std::filesystem::remove(folder_ / "migrations/1.1.0/notes.txt");
    write("next/all.sql");
    EXPECT_NE(refusal().find("migrations/next: 'next' is not a version X.Y.Z"), std::string::npos)
        << refusal();
}

TEST_F(MigrationsTest, RefusesAWrongProgramWithItsLine) {
    write("1.1.0/a.run.toml", "argv = [\"a\"]\ntimeout = 5\n");
    EXPECT_NE(refusal().find("a.run.toml line 2: unknown key 'timeout'"), std::string::npos) << refusal();
}

TEST_F(MigrationsTest, CombinedScriptRunsAndHasOneTransaction) {
    write("1.0.5/all.sql", "CREATE TABLE visit(id INTEGER PRIMARY KEY)  -- no semicolon at the end");
    write("1.1.0/field.sql", "CREATE TABLE field_only(x);\n");
    Database database(folder_ / "sample.db", OpenMode::read_write);
    database.run(sql("field"));
    EXPECT_EQ(database.integer("SELECT count(*) FROM sqlite_schema WHERE name IN ('visit', 'field_only')"),
              2);
    EXPECT_EQ(database.integer("SELECT count(*) FROM pragma_table_info('patient') WHERE name = 'born'"), 1);
    EXPECT_EQ(message_of<Error>([&] { sql(); }),
              "Could not choose the scripts of version 1.1.0: they differ by platform, and none was named");
    const std::string text = sql("office");
    EXPECT_EQ(text.find("field_only"), std::string::npos);
    EXPECT_EQ(text.find("BEGIN;"), text.rfind("BEGIN;"));
    EXPECT_LT(text.find("PRAGMA foreign_keys=OFF;"), text.find("BEGIN;"));
    EXPECT_LT(text.find("-- ===== 1.0.5/all.sql ====="), text.find("-- ===== 1.1.0/all.sql ====="));
    EXPECT_TRUE(text.ends_with("COMMIT;\nPRAGMA foreign_key_check;\n")) << text;
}

TEST_F(MigrationsTest, ScriptWithItsOwnTransactionStandsOutside) {
    write("1.0.5/all.sql", "BEGIN;\nCREATE TABLE visit(id);\nCOMMIT;\n");
    Database database(folder_ / "sample.db", OpenMode::read_write);
    database.run(sql()); // a BEGIN within a transaction would fail
    EXPECT_EQ(database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'visit'"), 1);
}

TEST_F(MigrationsTest, ATriggersBeginIsNoTransaction) {
    EXPECT_FALSE(
        has_own_transaction("CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END;\nSELECT 1;"));
    EXPECT_FALSE(has_own_transaction("-- BEGIN;\nSELECT 'x; BEGIN;', CASE WHEN 1 THEN 2 END;"));
    EXPECT_TRUE(
        has_own_transaction("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END; end transaction;"));
    EXPECT_TRUE(has_own_transaction("/* first */ begin immediate;"));
}

TEST_F(MigrationsTest, CombinedScriptRefusesWhatOnlyLockstepCanRun) {
    write("1.1.0/all.sql", "UPDATE patient SET name = uuid5(name, 'x');\n");
    EXPECT_EQ(message_of<Error>([&] { sql(); }),
              "Could not write out 1.1.0/all.sql: it uses uuid5(), which only Lockstep has");
    write("1.1.0/all.sql");
    write("1.1.0/a.run.toml", "argv = [\"a\"]\n");
    EXPECT_NE(message_of<Error>([&] { sql(); }).find("1.1.0/a.run.toml: it is a program"), std::string::npos);
}

} // namespace
} // namespace lockstep
