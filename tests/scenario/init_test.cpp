// The first database of an installation: a release's migrations/init/ makes it where there is none, in the
// same swap as the code, and never where a missing database means lost data.
#include "tests/support/engine.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const char* const platforms = "platforms = [\"field\", \"office\"]\ncritical_platforms = [\"office\"]\n";

// An installation of either version that was never started.
class FirstDatabase : public ::testing::Test {
  protected:
    explicit FirstDatabase(const std::string& more = platforms) {
        write_file(shop_ / "migrations/init/all.sql", register_schema("1.1.0"));
        write_file(shop_ / "migrations/init/checks.sql", "SELECT * FROM place WHERE name = '';\n");
        if (!more.empty())
            write_file(shop_ / "migrations/init/field.sql", "INSERT INTO place(name) VALUES('Valsør');\n");
        release_ = shop_.release("1.1.0", {"1.0.0"}, more);
    }

    std::string bundle() {
        if (bundle_.empty()) bundle_ = shop_.bundle(release_);
        return bundle_;
    }
    std::string never_started(const std::string& version = "1.0.0") const {
        std::string root = shop_ / "field";
        fs::remove_all(root);
        fs::copy(shop_ / ("app-" + version), root, fs::copy_options::recursive);
        return root;
    }
    void expect_refused(const std::string& root, const std::vector<std::string>& words, int code,
                        const std::vector<std::string>& message) {
        const Tree before = tree_of(root, true);
        const Ran ran = shop_.apply(root, bundle(), words);
        EXPECT_EQ(ran.code, code) << ran.out << ran.err;
        for (const std::string& part : message)
            EXPECT_NE(ran.err.find(part), std::string::npos) << "is not said: " << part << "\nbut:\n"
                                                             << ran.err;
        EXPECT_EQ(differences(before, tree_of(root, true)), "");
    }
    void expect_no_rehearsal(int code, const std::vector<std::string>& message) const {
        const Ran ran = shop_.lockstep({"rehearse", release_});
        EXPECT_EQ(ran.code, code) << ran.out << ran.err;
        for (const std::string& part : message)
            EXPECT_NE(ran.err.find(part), std::string::npos) << "is not said: " << part << "\nbut:\n"
                                                             << ran.err;
        EXPECT_FALSE(fs::exists(shop_ / "rehearsal.json"));
    }

    Workshop shop_;
    std::string release_;
    std::string bundle_;
};

class FirstDatabaseEverywhere : public FirstDatabase {
  protected:
    FirstDatabaseEverywhere() : FirstDatabase("") {}
    EngineRun engine(EngineCommand command, const std::string& root) {
        return {command,
                root,
                command == EngineCommand::update ? bundle() : std::string(),
                shop_ / "key.pub",
                {}};
    }
};

TEST_F(FirstDatabase, IsMadeWithTheTargetsSchemaAndGoesWithARollback) {
    const std::string root = never_started();
    fs::permissions(root, fs::perms(0750));
    const Tree before = tree_of(root);
    const Ran ran = shop_.apply(root, bundle(), {"--platform", "field"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(
        ran.out.find("register was updated from version 1.0.0 to 1.1.0. There was no database yet, so the "
                     "first one was made."),
        std::string::npos)
        << ran.out;
    EXPECT_EQ(sqlite(shop_.database(root), "SELECT * FROM place; SELECT count(*) FROM person;"
                                           "SELECT status FROM person"),
              "1|Valsør\n0\n");
    EXPECT_EQ(fs::status(shop_.database(root)).permissions(), fs::perms(0640)) << "as open as its folder";
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
    const Ran history = shop_.update(root, {"history"});
    EXPECT_NE(history.out.find("init/all.sql"), std::string::npos) << history.out;

    const Ran again = shop_.apply(root, bundle());
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_NE(again.out.find("Version 1.1.0 is installed already."), std::string::npos) << again.out;

    const Ran back = shop_.update(root, {"rollback"});
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "") << "without the new folder";
    EXPECT_EQ(shop_.apply(root, bundle()).code, 0) << "and once more";
}

TEST_F(FirstDatabase, IsMadeForTheTargetsOwnCodeToo) {
    const std::string root = never_started("1.1.0");
    const Ran ran = shop_.apply(root, bundle(), {"--platform", "field"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.out.find("register 1.1.0 has its first database now: there was none yet."),
              std::string::npos)
        << ran.out;
    EXPECT_EQ(sqlite(shop_.database(root), "SELECT name FROM place"), "Valsør\n");
}

TEST_F(FirstDatabase, ACheckNamesItsScriptsAndAPreviewShowsIt) {
    const std::string root = never_started();
    const Tree before = tree_of(root, true);
    const Ran check = shop_.apply(root, bundle(), {"check", "--platform", "field", "--json"});
    EXPECT_EQ(check.code, 0) << check.out;
    EXPECT_EQ(nlohmann::json::parse(check.out)["scripts"],
              (std::vector<std::string>{"init/all.sql", "init/field.sql"}));
    const std::string preview = shop_ / "preview";
    EXPECT_EQ(shop_.apply(root, bundle(), {"preview", preview, "--platform", "field"}).code, 0);
    EXPECT_EQ(sqlite(shop_.database(preview), "SELECT name FROM place"), "Valsør\n");
    EXPECT_EQ(differences(before, tree_of(root, true)), "");
}

TEST_F(FirstDatabase, IsRefusedOnACriticalPlatform) {
    for (const std::string version : {"1.0.0", "1.1.0"}) {
        const std::string root = never_started(version);
        expect_refused(root, {"--platform", "office"}, 10,
                       {shop_.database(root),
                        "on the platform 'office' that means lost data, not a new installation",
                        "put it back there"});
        expect_refused(root, {}, 2, {"--platform NAME"});
    }
}

TEST_F(FirstDatabase, IsNotMadeWhereOneWasThere) {
    const std::string root = shop_.install("field");
    ASSERT_EQ(shop_.apply(root, bundle(), {"--platform", "field"}).code, 0);
    fs::remove(shop_.database(root));
    expect_refused(root, {}, 10, {"it was there at the last update, and now there is no such file"});
}

TEST_F(FirstDatabase, WhatWasWrittenToItIsNotLostByARollback) {
    const std::string root = never_started();
    ASSERT_EQ(shop_.apply(root, bundle(), {"--platform", "field"}).code, 0);
    sqlite(shop_.database(root), "INSERT INTO person(name) VALUES('Zoë')");
    const Tree before = tree_of(root);
    const Ran refused = shop_.update(root, {"rollback"});
    EXPECT_EQ(refused.code, 10) << refused.out;
    EXPECT_NE(refused.err.find("table person: 1 rows added, 0 changed, 0 removed"), std::string::npos)
        << refused.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
    const Ran aside = shop_.update(root, {"rollback", "--set-newer-aside"});
    EXPECT_EQ(aside.code, 0) << aside.err;
    const std::string kept = aside.out.substr(aside.out.find(" in /") + 4);
    EXPECT_EQ(sqlite(kept.substr(0, kept.find(".\n")) + "/main.db", "SELECT name FROM person"), "Zoë\n");
}

TEST_F(FirstDatabase, AFailingScriptAndAFailingCheckLeaveNothing) {
    write_file(shop_ / "migrations/init/field.sql",
               "INSERT INTO place(name) SELECT 'x' WHERE (SELECT count(*) FROM pragma_database_list) > 9;\n"
               "INSERT INTO place(name) VALUES('');\n");
    expect_no_rehearsal(21, {"init/checks.sql line 1", "rehearsing migrations/init (field)"});
    write_file(shop_ / "migrations/init/field.sql", "INSERT INTO palace(name) VALUES('x');\n");
    expect_no_rehearsal(20, {"init/field.sql line 1", "no such table: palace"});
}

TEST_F(FirstDatabase, OfAnotherSchemaIsRefusedByTheRehearsal) {
    write_file(shop_ / "migrations/init/all.sql", register_schema("1.0.0"));
    expect_no_rehearsal(
        21,
        {"from migrations/init (field) another schema comes out than from the ones before:", "table person"});
}

TEST_F(FirstDatabase, IsPartOfTheSignedBundle) {
    const Ran inspected = shop_.lockstep({"inspect", bundle()});
    EXPECT_NE(inspected.out.find("makes the first databases: init/all.sql\n"
                                 "  makes the first databases: init/field.sql on field\n"
                                 "  makes none on office\n"),
              std::string::npos)
        << inspected.out;
    write_file(shop_ / "migrations/init/all.sql", register_schema("1.1.0") + "-- changed\n");
    const Ran built =
        shop_.lockstep({"build", release_, "--key", shop_ / "key.key", "-o", shop_ / "x.bundle"});
    EXPECT_EQ(built.code, 2);
    EXPECT_NE(built.err.find("the script init/all.sql was changed after the rehearsal"), std::string::npos)
        << built.err;
}

TEST_F(FirstDatabaseEverywhere, AFileThatAppearsInTheGapIsKept) {
    const auto calls =
        calls_of(run_engine(engine(EngineCommand::update, never_started()), [](HookedFiles&) {}));
    const auto placed = std::ranges::find_if(calls, [](const SeamCall& call) {
        return call.name == "rename" && call.path.ends_with("/data/register.db");
    });
    ASSERT_NE(placed, calls.end());
    const std::string root = never_started();
    const Tree before = tree_of(root);
    const Ran ran = run_engine(engine(EngineCommand::update, root), [&](HookedFiles& files) {
        files.before = [&](const SeamCall& call) {
            if (call.number == placed->number)
                sqlite(shop_.database(root), "CREATE TABLE mine(x); INSERT INTO mine VALUES('kept');");
        };
    });
    EXPECT_EQ(ran.code, 30) << ran.err;
    EXPECT_EQ(sqlite(shop_.database(root), "SELECT x FROM mine"), "kept\n");
    Tree now = tree_of(root);
    EXPECT_EQ(now.erase("data/register.db") + now.erase("data"), 2U);
    EXPECT_EQ(differences(before, now), "");
}

// Every few calls; each where all are tried.
TEST_F(FirstDatabaseEverywhere, AnUpdateKilledAnywhereEndsWithAllOfItOrNothing) {
    SweepCount count("update that makes the first database, killed");
    const Tree before = tree_of(never_started());
    const Ran whole = run_engine(engine(EngineCommand::update, never_started()), [](HookedFiles&) {});
    ASSERT_EQ(whole.code, 0) << whole.err;
    const Tree after = tree_of(shop_ / "field");
    const int last = calls_of(whole).back().number;
    bool went_back = false;
    bool went_forward = false;
    for (int number = 1; number <= last; number += stride(5)) {
        SCOPED_TRACE("killed after call " + std::to_string(number));
        count.tried();
        const std::string root = never_started();
        run_engine(engine(EngineCommand::update, root), kill_at(number, Side::after));
        const Ran recovered = run_engine(engine(EngineCommand::recover, root), [](HookedFiles&) {});
        ASSERT_EQ(recovered.code, 0) << recovered.err;
        const Tree now = tree_of(root);
        (now == before ? went_back : went_forward) = true;
        ASSERT_EQ(differences(now == before ? before : after, now), "");
        ASSERT_EQ(SwapWorkshop::leftovers(root), "");
    }
    EXPECT_TRUE(went_back && went_forward);
}

} // namespace
} // namespace lockstep
