// What `update` shows without changing anything: check, preview, status, history; and the health command.
#include "tests/support/release_desk.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void expect_part(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

class ChangesNothing : public testing::Test {
  protected:
    void TearDown() override { EXPECT_EQ(differences(before_, tree_of(root_)), ""); }
    std::string bundle() { return workshop_.bundle(desk_.release()); }
    Ran apply(const std::vector<std::string>& words = {}) { return workshop_.apply(root_, bundle(), words); }

    ReleaseDesk desk_;
    Workshop& workshop_ = desk_.workshop();
    const std::string root_ = workshop_.install("field");
    Tree before_ = tree_of(root_);
};

TEST_F(ChangesNothing, CheckSaysWhatWouldRunAndLeavesNothing) {
    desk_.script("SELECT id FROM person WHERE name = '';", "checks.sql");
    const Tree all = tree_of(root_, true);
    const Ran ran = apply({"check"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    expect_part(ran.out,
                "The update of register from version 1.0.0 to 1.1.0 would succeed. Nothing was changed.\n"
                "  would run 1.1.0/all.sql\n"
                "  it takes ");
    expect_part(ran.out, " for your 52 rows\n");
    EXPECT_EQ(differences(all, tree_of(root_, true)), ""); // not even .lockstep

    sqlite(root_ + "/data/register.db",
           "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
           "INSERT INTO person(name) SELECT 'x' || i FROM n");
    before_ = tree_of(root_);
    expect_part(apply({"check"}).out,
                "How long it takes is not known: it was rehearsed with 12 rows, and here are 2,052 rows.");
}

TEST_F(ChangesNothing, CheckFindsWhatTheUpdateWould) {
    desk_.script("ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active'; DELETE FROM person "
                 "WHERE id > 49;");
    const Ran ran = apply({"check", "--json"});
    EXPECT_EQ(ran.code, 21);
    const json object = json::parse(ran.out);
    EXPECT_EQ(object["outcome"], "verification-failed");
    EXPECT_EQ(object["code"], 21);
    expect_part(object["message"], "table person: 1 of 50 rows is gone (key 50)");
    expect_part(object["advice"], "Go on working with the old version");
}

TEST_F(ChangesNothing, AFailingHealthCommandIsShownWithWhatItSaid) {
    // In the rehearsal there are 10 people.
    desk_.declare("health = { argv = [\"/bin/sh\", \"-c\", \"n=$(sqlite3 {root}/data/register.db 'SELECT "
                  "count(status) FROM "
                  "person'); echo $n people; [ $n -lt 20 ]\"] }\n");
    const Ran ran = apply();
    EXPECT_EQ(ran.code, 22);
    expect_part(ran.err, "it ended with exit code 1\n50 people\nYour data and the application are exactly");
    EXPECT_TRUE(fs::is_empty(root_ + "/.lockstep/work"));
    expect_part(workshop_.update(root_, {"history"}).out, "failed, nothing changed");
}

TEST_F(ChangesNothing, AHealthCommandThatDoesNotEndIsEnded) {
    desk_.declare("health = { argv = [\"/bin/sh\", \"-c\", \"echo waiting; [ $(sqlite3 "
                  "{root}/data/register.db 'SELECT count(*) "
                  "FROM person') -lt 20 ] || sleep 100\"], timeout_s = 1 }\n");
    const Ran ran = apply();
    EXPECT_EQ(ran.code, 22);
    expect_part(ran.err, "it had not ended after 1 seconds\nwaiting");
    EXPECT_TRUE(fs::is_empty(root_ + "/.lockstep/work"));
}

// A write of the health command must reach neither the installation nor the data that is installed.
TEST_F(ChangesNothing, AHealthCommandWritesOnlyInItsPreview) {
    desk_.declare("health = { argv = [\"/bin/sh\", \"-c\", \"echo spoilt > {root}/lib/same.txt; sqlite3 "
                  "{root}/data/register.db 'DELETE FROM person'\"] }\n");
    const Ran ran = apply();
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(read_file(root_ + "/lib/same.txt"), "the same in all\n");
    EXPECT_EQ(sqlite(workshop_.database(root_), "SELECT count(*) FROM person"), "50\n");
    EXPECT_EQ(workshop_.update(root_, {"rollback"}).code, 0);
}

TEST_F(ChangesNothing, APreviewIsTheCompleteNewVersion) {
    const Tree all = tree_of(root_, true);
    const std::string preview = workshop_ / "a preview";
    const Ran ran = apply({"preview", preview});
    EXPECT_EQ(ran.code, 0) << ran.err;
    expect_part(ran.out, "Version 1.1.0 with your migrated data is in " + preview + ", to try it.");
    Tree expected = tree_of(workshop_ / "app-1.1.0");
    Tree found = tree_of(preview);
    EXPECT_EQ(found.erase("data") + found.erase("data/register.db"), 2U);
    EXPECT_EQ(differences(expected, found), "");
    EXPECT_EQ(run({preview + "/app", "0"}).code, 0); // it starts
    EXPECT_EQ(sqlite(preview + "/data/register.db",
                     "SELECT count(*), count(status) FROM person; DELETE FROM person"),
              "50|50\n");
    EXPECT_EQ(differences(all, tree_of(root_, true)), "");
}

TEST_F(ChangesNothing, APreviewNeedsAFolderOfItsOwn) {
    const std::string there = workshop_ / "there";
    fs::create_directories(there);
    fs::create_symlink(root_, workshop_ / "way in");
    const std::string made = bundle();
    expect_part(workshop_.apply(root_, made, {"preview", there}).err, there + ": it exists already");
    for (const std::string& inside : {root_ + "/preview", workshop_ / "way in/preview",
                                      root_ + "/lib/../preview", workshop_ / "there/../field/preview"}) {
        const Ran ran = workshop_.apply(root_, made, {"preview", inside});
        EXPECT_EQ(ran.code, 2) << inside;
        expect_part(ran.err, root_ + "/preview: it is inside the install root");
        EXPECT_FALSE(fs::exists(inside));
    }
}

// Each of these leads to the installation, to a folder of somebody's, or nowhere.
TEST_F(ChangesNothing, APreviewIsNeverMadeWhereSomethingIs) {
    const std::string job = workshop_ / "job";
    write_file(job + "/letter.txt", "Dear colleagues\n");
    fs::create_symlink(root_, workshop_ / "way in");
    fs::create_symlink(job, workshop_ / "way to the job");
    fs::create_symlink(workshop_ / "nowhere yet", workshop_ / "way to nowhere");
    const std::string made = bundle();
    const Tree all = tree_of(workshop_.path(), true);
    const auto refuse = [&](const std::string& folder, const std::string& named, const std::string& cause) {
        const Ran ran = run({built("update"), "--root", root_, "--bundle", made, "--trust",
                             workshop_ / "key.pub", "preview", named},
                            folder);
        EXPECT_EQ(ran.code, 2) << named;
        expect_part(ran.err, cause);
        EXPECT_EQ(differences(all, tree_of(workshop_.path(), true)), "") << named;
    };
    refuse(root_, "", "no folder is named");
    refuse(job, "", "no folder is named");
    refuse(root_, ".", root_ + ": it is the install root itself");
    refuse(workshop_.path(), "nothere/../field", root_ + ": it is the install root itself");
    refuse(workshop_.path(), "nothere/../way in", root_ + ": it is the install root itself");
    refuse(workshop_.path(), "way in", root_ + ": it is the install root itself");
    refuse(workshop_.path(), "nothere/../way in/new", root_ + "/new: it is inside the install root");
    refuse(root_, "..", workshop_.path() + ": it exists already");
    refuse(workshop_.path(), "nothere/../job", job + ": it exists already");
    refuse(workshop_.path(), "nothere/../way to the job", job + ": it exists already");
    refuse(workshop_.path(), "way to nowhere", workshop_ / "way to nowhere" + ": it exists already");
}

// Somebody makes the folder while the preview is prepared: here, the health command of the release does.
TEST_F(ChangesNothing, AFolderThatAppearsMeanwhileIsKept) {
    const std::string place = workshop_ / "on the way/preview";
    desk_.declare("health = { argv = [\"/bin/sh\", \"-c\", \"mkdir -p '" + place + "'; echo mine > '" +
                  place + "/letter.txt'\"] }\n");
    const std::string made = bundle();
    fs::remove_all(workshop_ / "on the way"); // the rehearsal's
    const Ran ran = workshop_.apply(root_, made, {"preview", place});
    EXPECT_EQ(ran.code, 2) << ran.err;
    expect_part(ran.err, place + ": it exists already");
    EXPECT_EQ(read_file(place + "/letter.txt"), "mine\n");
    EXPECT_EQ(tree_of(place).size(), 1U);
}

TEST_F(ChangesNothing, AFailingPreviewLeavesNone) {
    desk_.script("ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active'; DELETE FROM person "
                 "WHERE id > 49;");
    EXPECT_EQ(apply({"preview", workshop_ / "preview"}).code, 21);
    EXPECT_FALSE(fs::exists(workshop_ / "preview"));
}

class Told : public testing::Test {
  protected:
    json status() { return json::parse(workshop_.update(root_, {"status", "--json"}).out); }

    ReleaseDesk desk_;
    Workshop& workshop_ = desk_.workshop();
    const std::string root_ = workshop_.install("field");
};

TEST_F(Told, StatusAndHistoryOfNothing) {
    EXPECT_EQ(workshop_.update(root_, {"status"}).out, "No update has been made in " + root_ + " yet.\n");
    EXPECT_EQ(workshop_.update(root_, {"history"}).out, "Nothing has happened here yet.\n");
    EXPECT_EQ(status()["version"], "");
    EXPECT_EQ(status()["last"], nullptr);
    EXPECT_EQ(json::parse(workshop_.update(root_, {"history", "--json"}).out),
              json({{"history_missing", false}, {"transactions", json::array()}}));
}

TEST_F(Told, StatusAndHistoryOfAnUpdateAndARollback) {
    const Ran applied = workshop_.apply(root_, workshop_.bundle(desk_.release()), {"--json"});
    const json object = json::parse(applied.out);
    EXPECT_EQ(object["outcome"], "updated");
    EXPECT_EQ(object["from"], "1.0.0");
    EXPECT_EQ(object["to"], "1.1.0");
    EXPECT_EQ(object["transaction"], 1);
    EXPECT_GT(object["swap_ms"].get<double>(), 0);
    EXPECT_EQ(object["phases"][0]["name"], "lock");
    EXPECT_EQ(status()["version"], "1.1.0");
    EXPECT_EQ(status()["rollback_to"], "1.0.0");
    EXPECT_EQ(status()["last"]["state"], "updated");
    EXPECT_EQ(json::parse(workshop_.update(root_, {"rollback", "--json"}).out)["outcome"], "rolled-back");
    EXPECT_EQ(status()["version"], "1.0.0");
    EXPECT_EQ(status()["rollback_to"], nullptr);
    const json history = json::parse(workshop_.update(root_, {"history", "--json"}).out)["transactions"];
    ASSERT_EQ(history.size(), 2U);
    EXPECT_EQ(history[0]["scripts"][0]["name"], "1.1.0/all.sql");
    EXPECT_EQ(history[1]["kind"], "rollback");
    EXPECT_EQ(history[1]["state"], "rolled back");
    const std::string text = workshop_.update(root_, {"history"}).out;
    expect_part(text, "  1.0.0 -> 1.1.0  updated\n");
    expect_part(text, "  1.1.0 -> 1.0.0  rolled back\n");
}

TEST_F(Told, StatusPromisesNoWayBackWithoutABackup) {
    ASSERT_EQ(workshop_.apply(root_, workshop_.bundle(desk_.release())).code, 0);
    fs::remove_all(root_ + "/.lockstep/backups/1");
    EXPECT_EQ(status()["rollback_to"], nullptr);
    expect_part(workshop_.update(root_, {"status"}).out,
                "There is no way back to version 1.0.0: its backup is no longer kept.\n");
    expect_part(workshop_.update(root_, {"rollback"}).err, "the backup of version 1.0.0 is no longer kept");
}

TEST_F(Told, SilentPrintsNothingAndTheLogTellsAll) {
    const std::string log = workshop_ / "logs of the team.log";
    const std::string bundle = workshop_.bundle(desk_.release());
    const Ran refused =
        workshop_.update(root_, {"--silent", "--bundle", bundle, "--log", log}); // no key is trusted
    EXPECT_EQ(refused.code, 11);
    EXPECT_EQ(refused.out + refused.err, "");
    const Ran applied = workshop_.apply(root_, bundle, {"--silent", "--log", log});
    EXPECT_EQ(applied.code, 0);
    EXPECT_EQ(applied.out + applied.err, "");
    const std::string text = read_file(log);
    EXPECT_EQ(text.find("20"), 0U); // each line begins with its time
    expect_part(text, "  migrate\n");
    expect_part(text, "Name the release manager's public key with --trust KEY.pub");
    expect_part(text, "register was updated from version 1.0.0 to 1.1.0.");
}

TEST_F(Told, ProgressGoesToStderrLineByLine) {
    const Ran applied = workshop_.apply(root_, workshop_.bundle(desk_.release()));
    EXPECT_EQ(applied.out, "register was updated from version 1.0.0 to 1.1.0. All records are kept, and so "
                           "is the version before.\n");
    for (const std::string phase : {"Checking the update file", "Recognising the installed version",
                                    "Checking room and rights", "Preparing the files", "Backing up your data",
                                    "Updating a copy of your data", "Exchanging the versions"})
        expect_part(applied.err, phase + "…\n");
}

} // namespace
} // namespace lockstep
