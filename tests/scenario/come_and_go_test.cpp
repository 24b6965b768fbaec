// A release that makes a database and retires another: all in the one swap, and back.
#include "payload/sqlite.h"
#include "tests/support/engine.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class ComeAndGo : public ::testing::Test {
  protected:
    explicit ComeAndGo(bool reverts = false) : shop_("DELETE", {}, reverts, LogDatabase::goes) {}

    // A fresh installation, updated by the real executable.
    std::string updated() {
        std::string root = shop_.fresh();
        const Ran ran = shop_.apply(root);
        EXPECT_EQ(ran.code, 0) << ran.err;
        return root;
    }
    void expect_refused(const std::string& root, int code, const std::vector<std::string>& message) {
        const Tree before = tree_of(root, true);
        const Ran ran = shop_.apply(root);
        EXPECT_EQ(ran.code, code) << ran.out << ran.err;
        for (const std::string& part : message)
            EXPECT_NE(ran.err.find(part), std::string::npos) << "is not said: " << part << "\nbut:\n"
                                                             << ran.err;
        EXPECT_EQ(differences(before, tree_of(root, true)), "");
    }

    SwapWorkshop shop_;
};

class ComeAndGoBack : public ComeAndGo {
  protected:
    ComeAndGoBack() : ComeAndGo(true) {}
};

TEST_F(ComeAndGo, InOneUpdateAndBackToTheByte) {
    const std::string root = shop_.fresh();
    fs::permissions(root + "/data/register.db", fs::perms(0640));
    fs::permissions(root + "/data/log.db", fs::perms(0604));
    const Tree before = tree_of(root);
    const Ran ran = shop_.apply(root);
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_FALSE(fs::exists(root + "/data/log.db"));
    EXPECT_EQ(sqlite(root + "/data/register.db", "SELECT * FROM note"), "1|Grüße|\n2|second|\n");
    EXPECT_EQ(sqlite(root + "/history/audit.db", "SELECT * FROM event"), "1|made\n");
    EXPECT_EQ(fs::status(root + "/history/audit.db").permissions(), fs::perms(0640)) << "as the first one's";
    EXPECT_TRUE(fs::exists(root + "/.lockstep/backups/1/backup/log.db"));
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");

    const Ran again = shop_.apply(root);
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_NE(again.out.find("Version 1.1.0 is installed already."), std::string::npos) << again.out;

    const Ran back = shop_.roll_back(root);
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "") << "with its mode, and without the new folder";
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
    EXPECT_EQ(shop_.apply(root).code, 0);
}

TEST_F(ComeAndGo, ACheckAndAPreviewShowItAndChangeNothing) {
    const std::string root = shop_.fresh();
    const Tree before = tree_of(root, true);
    const std::string bundle = shop_.program(EngineCommand::update, root)[4];
    EXPECT_EQ(shop_.workshop().apply(root, bundle, {"check"}).code, 0);
    const std::string preview = shop_.workshop() / "preview";
    EXPECT_EQ(shop_.workshop().apply(root, bundle, {"preview", preview}).code, 0);
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
    EXPECT_FALSE(fs::exists(preview + "/data/log.db"));
    EXPECT_EQ(sqlite(preview + "/history/audit.db", "SELECT said FROM event"), "made\n");
}

TEST_F(ComeAndGo, AFileWhereTheNewDatabaseBelongsIsKept) {
    std::string root = shop_.fresh();
    write_file(root + "/history/audit.db", "my own notes, and no database\n");
    expect_refused(root, 10, {"history/audit.db is a file of your own", "file is not a database"});
    root = shop_.fresh();
    fs::create_directories(root + "/history");
    sqlite(root + "/history/audit.db", "CREATE TABLE mine(x)");
    expect_refused(root, 10, {"database audit is not part of this version"});
    root = shop_.fresh();
    fs::create_directories(root + "/history/audit.db");
    expect_refused(root, 10, {"history/audit.db is a file of your own", "is a folder"});
    root = shop_.fresh();
    write_file(root + "/history", "a file");
    expect_refused(root, 10, {"history"});
}

TEST_F(ComeAndGo, ADatabaseThatIsMissingOrDamagedIsSaid) {
    std::string root = shop_.fresh();
    fs::remove(root + "/data/log.db");
    expect_refused(root, 10, {"data/log.db", "there is no such file, while the other databases are there"});
    root = shop_.fresh();
    write_file(root + "/data/log.db", "no database any more\n");
    expect_refused(root, 40, {"data/log.db", "file is not a database"});
    root = updated();
    fs::remove(root + "/history/audit.db");
    expect_refused(root, 10,
                   {"history/audit.db", "there is no such file, while the other databases are there"});
    root = updated();
    fs::copy(root + "/.lockstep/backups/1/backup/log.db", root + "/data/log.db");
    expect_refused(root, 10, {"database log is not part of this version"});
}

TEST_F(ComeAndGo, AnInstallationThatWasNeverStartedGetsTheCodeAlone) {
    const std::string root = shop_.fresh();
    fs::remove_all(root + "/data");
    const Ran ran = shop_.apply(root);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("there was no database yet"), std::string::npos) << ran.out;
    EXPECT_FALSE(fs::exists(root + "/history"));
    EXPECT_EQ(shop_.roll_back(root).code, 0);
}

TEST_F(ComeAndGo, ABusyDatabaseThatIsToGoIsBusy) {
    const std::string root = shop_.fresh();
    Database reader(root + "/data/log.db", OpenMode::read_only);
    static_cast<void>(reader.integer("SELECT count(*) FROM entry"));
    expect_refused(root, 13, {"it is in use by scenario_tests"});
}

TEST_F(ComeAndGo, WhatWasWrittenToTheNewDatabaseIsNotLostByARollback) {
    const std::string root = updated();
    sqlite(root + "/history/audit.db", "INSERT INTO event(said) VALUES('seen')");
    const Tree before = tree_of(root);
    const Ran refused = shop_.roll_back(root);
    EXPECT_EQ(refused.code, 10) << refused.out;
    EXPECT_NE(refused.err.find("table event: 1 rows added, 0 changed, 0 removed"), std::string::npos)
        << refused.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");

    const Ran aside = shop_.workshop().update(root, {"rollback", "--set-newer-aside"});
    EXPECT_EQ(aside.code, 0) << aside.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
    const std::string kept = aside.out.substr(aside.out.find(" in /") + 4);
    EXPECT_EQ(sqlite(kept.substr(0, kept.find(".\n")) + "/audit.db", "SELECT said FROM event"),
              "made\nseen\n");
}

TEST_F(ComeAndGoBack, WhatWasWrittenComesBackIntoTheRetiredOne) {
    const std::string root = updated();
    sqlite(root + "/data/register.db",
           "INSERT INTO note(text) VALUES('third'); DELETE FROM note WHERE id = 1");
    const Ran back = shop_.roll_back(root);
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_NE(back.out.find("What was written since the update was migrated back."), std::string::npos)
        << back.out;
    EXPECT_EQ(sqlite(root + "/data/log.db", "SELECT * FROM entry"), "2|second\n3|third\n");
    Tree tree = tree_of(root);
    Tree old = shop_.old_tree();
    for (const std::string database : {"data/log.db", "data/register.db"}) {
        tree.erase(database);
        old.erase(database);
    }
    EXPECT_EQ(differences(old, tree), "");
    EXPECT_EQ(shop_.apply(root).code, 0);
    EXPECT_EQ(sqlite(root + "/data/register.db", "SELECT id, text FROM note"), "2|second\n3|third\n");
}

TEST_F(ComeAndGoBack, ARowOfTheNewDatabaseThatHasNoWayBackIsNamed) {
    const std::string root = updated();
    sqlite(root + "/history/audit.db", "INSERT INTO event(said) VALUES('seen')");
    const Tree before = tree_of(root);
    const Ran refused = shop_.roll_back(root);
    EXPECT_EQ(refused.code, 10) << refused.out;
    EXPECT_NE(refused.err.find(
                  "tables that the older version doesn't have would be lost:\n  table event: 1 rows added"),
              std::string::npos)
        << refused.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

} // namespace
} // namespace lockstep
