// The story of an application with years behind it: releases from 0.1 on, with scripts for each and for the
// platforms that differ. Any installed version arrives.
#include "tests/support/workshop.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::string> scripts{
    {"init/all.sql", "CREATE TABLE job(id INTEGER PRIMARY KEY, what TEXT, place TEXT, due TEXT);\n"
                     "CREATE UNIQUE INDEX job_what ON job(what);\n"},
    {"init/van.sql", "INSERT INTO job(what, place) VALUES('wash the van', 'van');\n"},
    {"0.1/all.sql", "CREATE TABLE job(id INTEGER PRIMARY KEY, what TEXT);\n"},
    {"0.2/all.sql", "ALTER TABLE job ADD COLUMN place TEXT;\n"},
    {"0.2/desk.sql", "UPDATE job SET place = 'desk';\n"},
    {"0.2/van.sql", "UPDATE job SET place = 'van';\n"},
    {"1.0.0/all.sql", "CREATE UNIQUE INDEX job_what ON job(what);\n"},
    {"1.1.0-SNAPSHOT/all.sql", "this is not SQL, and nobody's business yet\n"},
    {"1.2.3/all.sql", "ALTER TABLE job ADD COLUMN due TEXT;\n"},
    {"1.2.3/van.sql", "UPDATE job SET due = 'on the road';\n"}};
const std::vector<std::string> versions{"0.1", "0.2", "1.0.0"};

// The scripts of these steps, for a platform or (where it is empty) for all, in their order.
std::vector<std::string> scripts_of(const std::vector<std::string>& steps, const std::string& platform) {
    std::vector<std::string> names;
    for (const std::string& step : steps)
        for (const std::string& name : {step + "/all.sql", step + "/" + platform + ".sql"})
            if (scripts.contains(name)) names.push_back(name);
    return names;
}

std::vector<std::string> steps_after(const std::string& version) {
    std::vector<std::string> steps;
    for (const std::string step : {"0.2", "1.0.0", "1.2.3"})
        if (step > version) steps.push_back(step);
    return steps;
}

// As it was in that version on that platform.
std::string database_of(const std::string& version, const std::string& platform) {
    std::vector<std::string> steps;
    for (const std::string& step : versions)
        if (step <= version) steps.push_back(step);
    std::string sql;
    for (const std::string& name : scripts_of(steps, platform)) {
        sql += scripts.at(name);
        if (name == "0.1/all.sql") sql += "INSERT INTO job(what) VALUES('Ærø'), ('b'), ('c');";
    }
    return sql;
}

class VersionFolders : public ::testing::Test {
  protected:
    VersionFolders() {
        for (const auto& [name, sql] : scripts) write_file(folder_ + "/migrations/" + name, sql);
        write_file(folder_ + "/app-1.2.3/jobs.txt", "1.2.3\n");
        std::string text =
            "product = \"jobs\"\nversion = \"1.2.3\"\ncode = \"app-1.2.3\"\nmigrations = \"migrations\"\n"
            "platforms = [\"desk\", \"van\"]\ncritical_platforms = [\"desk\"]\n";
        for (const std::string& version : versions) {
            write_file(folder_ + "/app-" + version + "/jobs.txt", version + "\n");
            sqlite(folder_ + "/sample-" + version + ".db", database_of(version, "desk"));
            text += "[[previous]]\nversion = \"" + version + "\"\ncode = \"app-" + version +
                    "\"\nsamples = { main = [\"sample-" + version + ".db\"] }\n";
        }
        write_file(folder_ + "/release.toml", text + "[[database]]\nname = \"main\"\npath = \"jobs.db\"\n");
        bundle_ = workshop_.bundle(folder_ + "/release.toml");
    }

    std::string install(const std::string& version, const std::string& platform) const {
        std::string root = workshop_ / ("field-" + version + "-" + platform);
        fs::copy(folder_ + "/app-" + version, root, fs::copy_options::recursive);
        sqlite(root + "/jobs.db", database_of(version, platform));
        return root;
    }
    nlohmann::json apply(const std::string& root, std::vector<std::string> words, int code) const {
        words.emplace_back("--json");
        const Ran ran = workshop_.apply(root, bundle_, words);
        EXPECT_EQ(ran.code, code) << ran.out << ran.err;
        return nlohmann::json::parse(ran.out);
    }

    Workshop workshop_;
    const std::string folder_ = workshop_ / "jobs";
    std::string bundle_;
};

TEST_F(VersionFolders, AnyInstalledVersionArrivesOnEachPlatform) {
    for (const std::string platform : {"desk", "van"})
        for (const std::string& version : versions) {
            SCOPED_TRACE(version + " " + platform);
            const std::string root = install(version, platform);
            const Tree before = tree_of(root, true);
            const auto expected = scripts_of(steps_after(version), platform);
            const auto listed = apply(root, {"check", "--platform", platform}, 0);
            EXPECT_EQ(listed["scripts"], expected) << "named without having run";
            EXPECT_EQ(differences(before, tree_of(root, true)), "");

            EXPECT_EQ(apply(root, {"--platform", platform}, 0)["scripts"], expected);
            EXPECT_EQ(read_file(root + "/jobs.txt"), "1.2.3\n");
            const std::string due = platform == "van" ? "on the road" : "";
            std::string rows;
            for (const std::string what : {"1|Ærø", "2|b", "3|c"})
                rows += what + "|" + platform + "|" + due + "\n";
            EXPECT_EQ(sqlite(root + "/jobs.db", "SELECT * FROM job"), rows);
        }
}

TEST_F(VersionFolders, HistoryTellsWhichScriptRanWhenAndWithWhatError) {
    const std::string root = install("0.2", "van");
    sqlite(root + "/jobs.db", "INSERT INTO job(what) VALUES('b')"); // twice: 1.0.0 makes it unique
    const std::string before = read_file(root + "/jobs.db");
    const auto failed = apply(root, {"--platform", "van"}, 20);
    EXPECT_NE(failed["message"].get<std::string>().find("1.0.0/all.sql line 1"), std::string::npos) << failed;
    EXPECT_EQ(read_file(root + "/jobs.db"), before);
    sqlite(root + "/jobs.db", "DELETE FROM job WHERE id = 4");
    apply(root, {"--platform", "van"}, 0);

    const Ran history = workshop_.update(root, {"history", "--json"});
    const auto transactions = nlohmann::json::parse(history.out)["transactions"];
    ASSERT_EQ(transactions.size(), 2U) << history.out;
    ASSERT_EQ(transactions[0]["scripts"].size(), 1U) << history.out;
    const auto& script = transactions[0]["scripts"][0];
    EXPECT_EQ(script["name"], "1.0.0/all.sql");
    EXPECT_NE(script["error"].get<std::string>().find("UNIQUE constraint failed: job.what"),
              std::string::npos);
    EXPECT_EQ(script["started"].get<std::string>().size(), std::string("2026-01-31T23:59:59Z").size());
    std::vector<std::string> names;
    for (const auto& one : transactions[1]["scripts"]) {
        EXPECT_EQ(one["error"], "");
        names.push_back(one["name"]);
    }
    EXPECT_EQ(names, scripts_of({"1.0.0", "1.2.3"}, "van"));
    EXPECT_NE(workshop_.update(root, {"history"}).out.find("1.0.0/all.sql"), std::string::npos);
}

TEST_F(VersionFolders, ANewInstallationIsInitialisedButOnACriticalPlatform) {
    const std::string root = install("0.2", "van");
    fs::remove(root + "/jobs.db");
    const Tree before = tree_of(root, true);
    const auto refused = apply(root, {"--platform", "desk"}, 10);
    EXPECT_NE(refused["message"].get<std::string>().find("on the platform 'desk' that means lost data"),
              std::string::npos)
        << refused;
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    const std::vector<std::string> expected{"init/all.sql", "init/van.sql"};
    EXPECT_EQ(apply(root, {"check", "--platform", "van"}, 0)["scripts"], expected);
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    EXPECT_EQ(apply(root, {"--platform", "van"}, 0)["scripts"], expected);
    EXPECT_EQ(sqlite(root + "/jobs.db", "SELECT what, place, due FROM job"), "wash the van|van|\n");
}

// The scripts of every way, as `sql` puts them together; a version that isn't ready is in none.
TEST_F(VersionFolders, SqlHoldsTheScriptsOfTheWayAndNoOthers) {
    for (const std::string platform : {"desk", "van"})
        for (const std::string& version : versions) {
            SCOPED_TRACE(version + " " + platform);
            const Ran ran = workshop_.lockstep({"sql", folder_ + "/release.toml", "--from", version, "--to",
                                                "1.2.3", "--platform", platform});
            EXPECT_EQ(ran.code, 0) << ran.err;
            std::vector<std::string> listed;
            std::istringstream lines(ran.out);
            const std::string mark = "-- ===== ";
            for (std::string line; std::getline(lines, line);)
                if (line.starts_with(mark)) listed.push_back(line.substr(9, line.find(" =====", 9) - 9));
            EXPECT_EQ(listed, scripts_of(steps_after(version), platform));
            const std::string file = workshop_ / ("combined-" + version + "-" + platform);
            sqlite(file + ".db", database_of(version, platform));
            write_file(file + ".sql", ran.out);
            sqlite(file + ".db", ".read '" + file + ".sql'");
            EXPECT_EQ(sqlite(file + ".db", "SELECT count(DISTINCT place), max(place) FROM job"),
                      "1|" + platform + "\n");
        }
}

TEST_F(VersionFolders, ThePlatformIsNamedOnceAndRemembered) {
    const std::string root = install("0.1", "desk");
    const Tree before = tree_of(root, true);
    EXPECT_NE(apply(root, {}, 2)["message"].get<std::string>().find("they differ by platform"),
              std::string::npos);
    EXPECT_NE(apply(root, {"--platform", "ship"}, 2)["message"].get<std::string>().find("no such platform"),
              std::string::npos);
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    apply(root, {"--platform", "desk"}, 0);
    EXPECT_EQ(nlohmann::json::parse(workshop_.update(root, {"status", "--json"}).out)["platform"], "desk");
}

} // namespace
} // namespace lockstep
