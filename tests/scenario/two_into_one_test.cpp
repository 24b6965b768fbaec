// The story of a telephone exchange: its small configuration database goes into the one with the call
// records, which get a new key. What that takes is told before; a part of it can be done before, while people
// are working.
#include "payload/declaration_text.h"
#include "payload/estimate.h"
#include "payload/sqlite.h"
#include "tests/support/exchange.h"
#include "tests/support/mount.h"
#include "tests/support/other_user.h"
#include "tests/support/sweep.h"
#include "tests/support/workshop.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// What calls and notes say, without their keys.
const char* const told = "SELECT count(*), sum(seconds), min(begun), max(begun), count(DISTINCT caller), "
                         "max(caller || callee || begun) FROM call";

class TwoIntoOne : public ::testing::Test {
  protected:
    // 5,000,000 calls where everything is tried.
    explicit TwoIntoOne(std::int64_t rows = every_point() ? 5'000'000 : 20'000) : rows_(rows) {
        write_exchange_release(folder_, rows_ / 20);
        install_exchange(folder_, root_, rows_);
    }

    Ran prepare(const std::string& bundle, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"prepare"};
        words.insert(words.end(), more.begin(), more.end());
        return workshop_.apply(root_, bundle, words);
    }
    // The file that `update prepare` writes to.
    std::string prepared() const {
        for (const auto& entry : fs::directory_iterator(root_ + "/.lockstep/prepared"))
            if (entry.path().extension() == ".db") return entry.path();
        return {};
    }
    std::string calls_say(const std::string& sql) const { return sqlite(root_ + "/data/calls.db", sql); }
    std::string bundle() {
        const Ran rehearsed = workshop_.lockstep({"rehearse", folder_ + "/release.toml"});
        EXPECT_EQ(rehearsed.code, 0) << rehearsed.err;
        EXPECT_NE(rehearsed.err.find("prepared before, its scripts took "), std::string::npos)
            << rehearsed.err;
        const Ran built = workshop_.lockstep({"build", folder_ + "/release.toml", "--key",
                                              workshop_ / "key.key", "-o", folder_ + "/out.bundle"});
        EXPECT_EQ(built.code, 0) << built.err;
        return folder_ + "/out.bundle";
    }
    void expect_merged(const std::string& before) const {
        EXPECT_EQ(calls_say(told), before);
        EXPECT_EQ(calls_say("SELECT count(*) FROM call WHERE length(key) <> 32"), "0\n");
        EXPECT_EQ(
            calls_say(
                "SELECT count(*) FROM note JOIN call ON key = call_key WHERE text <> 'Nr. ' || call.id"),
            "0\n");
        EXPECT_EQ(calls_say("SELECT name, quote(value) FROM setting ORDER BY name"),
                  "language|'da'\nnone|NULL\noperator|'Zoë'\n");
        EXPECT_EQ(calls_say("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'prepared%'"), "0\n");
        EXPECT_FALSE(fs::exists(root_ + "/data/config.db"));
    }

    const std::int64_t rows_;
    Workshop workshop_;
    const std::string folder_ = workshop_ / "exchange";
    const std::string root_ = workshop_ / "field";
};

TEST_F(TwoIntoOne, IsToldBeforeAndDoneInOneUpdateAndBackToTheByte) {
    const std::string file = bundle();
    const std::string before = calls_say(told);
    const Tree tree = tree_of(root_);
    const Ran checked = workshop_.apply(root_, file, {"check"});
    EXPECT_EQ(checked.code, 0) << checked.err;
    const std::string rows = rows_ < 1'000'000 ? counted(rows_ + rows_ / 100 + 3, "row") : "5.1 million rows";
    EXPECT_NE(checked.out.find(" for your " + rows + "\n"), std::string::npos) << checked.out;
    EXPECT_NE(checked.out.find("would run 2.0.0/prepare.sql\n  would run 2.0.0/all.sql"), std::string::npos)
        << checked.out;
    EXPECT_NE(
        checked.out.find(", can be done before, while the application is in use: 'update prepare' does it."),
        std::string::npos)
        << checked.out;

    const Ran updated = workshop_.apply(root_, file);
    ASSERT_EQ(updated.code, 0) << updated.err;
    expect_merged(before);
    const Ran back = workshop_.update(root_, {"rollback"});
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(tree, tree_of(root_)), "");
}

// Calls that go on while the preparation runs.
class Exchange {
  public:
    explicit Exchange(const std::string& database)
        : database_(database, OpenMode::read_write), thread_([this] { work(); }) {}
    ~Exchange() { stop(); }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    std::int64_t stop() {
        ended_ = true;
        if (thread_.joinable()) thread_.join();
        return written_;
    }

  private:
    void work() {
        database_.run("PRAGMA busy_timeout = 60000");
        while (!ended_) {
            database_.run(
                "INSERT INTO call(caller, callee, begun, seconds) VALUES('+45 1', 'x', '2026-01-01', 1)");
            ++written_;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    Database database_;
    std::atomic<bool> ended_ = false;
    std::atomic<std::int64_t> written_ = 0;
    std::thread thread_;
};

TEST_F(TwoIntoOne, CanBePreparedWhileTheApplicationIsInUse) {
    const std::string file = bundle();
    std::int64_t written = 0;
    {
        Exchange exchange(root_ + "/data/calls.db");
        const Ran ran = prepare(file);
        EXPECT_EQ(ran.code, 0) << ran.err;
        EXPECT_NE(ran.out.find("Prepared the update of exchange from version 1.0.0 to 2.0.0. "),
                  std::string::npos)
            << ran.out;
        EXPECT_NE(ran.out.find("The installation was not changed, and can be used on."), std::string::npos);
        written = exchange.stop();
    }
    EXPECT_GT(written, 0);
    const std::string of_before = " WHERE id <= " + std::to_string(rows_) + " ORDER BY id";
    const std::string keys = sqlite(prepared(), "SELECT id, key FROM call" + of_before);
    const std::string before = calls_say(told);
    const Ran updated = workshop_.apply(root_, file);
    ASSERT_EQ(updated.code, 0) << updated.err;
    expect_merged(before);
    EXPECT_EQ(calls_say("SELECT count(*) FROM call"), std::to_string(rows_ + written) + "\n")
        << "each call is there";
    EXPECT_EQ(calls_say("SELECT id, key FROM call" + of_before), keys) << "what was prepared was taken";
    EXPECT_FALSE(fs::exists(root_ + "/.lockstep/prepared")) << "and is needed no more";
}

class Preparation : public TwoIntoOne {
  protected:
    Preparation() : TwoIntoOne(20'000) {}
};

TEST_F(Preparation, PreparingChangesNothingAndGoesOnWhereItEnded) {
    const std::string file = bundle();
    for (const std::string mode : {"WAL", "DELETE"}) {
        SCOPED_TRACE(mode);
        sqlite(root_ + "/data/calls.db", "PRAGMA journal_mode=" + mode);
        const Tree before = tree_of(root_);
        const auto first = nlohmann::json::parse(prepare(file, {"--json"}).out);
        EXPECT_EQ(first["outcome"], "prepared") << first;
        EXPECT_EQ(first["scripts"], std::vector<std::string>{"2.0.0/prepare.sql"});
        EXPECT_NE(first["message"].get<std::string>().find("Made before it: " + rough_rows(rows_) + "."),
                  std::string::npos)
            << first;
        const Ran again = prepare(file);
        EXPECT_NE(again.out.find("Made before it: no rows."), std::string::npos) << again.out;
        EXPECT_EQ(differences(before, tree_of(root_)), "");
        fs::remove_all(root_ + "/.lockstep");
    }
}

// Calls that changed, went or came since; and what is no database any more.
TEST_F(Preparation, WhatWasPreparedAndIsOtherwiseNowIsMadeAgain) {
    const std::string file = bundle();
    EXPECT_EQ(prepare(file).code, 0);
    calls_say("UPDATE call SET seconds = -1 WHERE id = 7; DELETE FROM call WHERE id = 8;"
              "INSERT INTO call VALUES(-5, 'new', 'x', '2026-01-01', 3)");
    const std::string before = calls_say(told);
    const Ran checked = workshop_.apply(root_, file, {"check"});
    EXPECT_EQ(checked.code, 0) << checked.err;
    EXPECT_EQ(checked.out.find("can be done before"), std::string::npos) << checked.out;
    ASSERT_EQ(workshop_.apply(root_, file).code, 0);
    expect_merged(before);
    EXPECT_EQ(calls_say("SELECT seconds FROM call WHERE id IN (-5, 7, 8) ORDER BY id"), "3\n-1\n");
    ASSERT_EQ(workshop_.update(root_, {"rollback"}).code, 0);

    EXPECT_EQ(prepare(file).code, 0);
    std::string bytes = read_file(prepared());
    std::fill(bytes.begin() + 4096, bytes.begin() + 12288, 'x');
    write_file(prepared(), bytes);
    const Ran updated = workshop_.apply(root_, file);
    EXPECT_EQ(updated.code, 0) << updated.err;
    EXPECT_NE(updated.err.find("What was prepared before is damaged, and isn't used"), std::string::npos)
        << updated.err;
    expect_merged(before);
}

// The update works on a copy of what was prepared.
TEST_F(Preparation, TheRoomForWhatWasPreparedIsAskedForBeforeAnythingIsWritten) {
    NEEDS_ROOT();
    const std::string file = bundle();
    const Mount volume(root_ + "/.lockstep", "size=64m,mode=755");
    NEEDS_MOUNT(volume);
    EXPECT_EQ(prepare(file).code, 0);
    sqlite(prepared(), "CREATE TABLE more AS SELECT zeroblob(32000000)");
    const Tree before = tree_of(root_, true);
    const Ran refused = workshop_.apply(root_, file);
    EXPECT_EQ(refused.code, 12) << refused.out;
    EXPECT_NE(refused.err.find(" MiB are needed and "), std::string::npos) << refused.err;
    EXPECT_EQ(differences(before, tree_of(root_, true)), "");
}

TEST_F(Preparation, APreparationThatWouldWriteToTheLiveDatabaseIsRefusedByItsRehearsal) {
    const auto refused = [&](const std::string& sql, const std::string& message) {
        write_file(folder_ + "/migrations/2.0.0/prepare.sql", exchange_preparation() + sql);
        const Ran ran = workshop_.lockstep({"rehearse", folder_ + "/release.toml"});
        EXPECT_EQ(ran.code, 20) << ran.err;
        EXPECT_NE(ran.err.find(message), std::string::npos) << ran.err;
    };
    refused("DELETE FROM main.note;\n",
            "before the update, live databases are only read, and prepared is written to");
    refused("DELETE FROM config.setting;\n", "before the update, live databases are only read");
    refused("BEGIN;\nSELECT count(*) FROM main.call;\nCOMMIT;\n",
            "it begins a transaction, which would keep the application waiting");
    refused("PRAGMA main.journal_mode=DELETE;\n", "PRAGMA journal_mode");
    refused("ATTACH 'x.db' AS x;\n", "ATTACH is not for scripts");
}

TEST_F(Preparation, ARollbackAfterAPreparedUpdateCountsWhatWasWritten) {
    const std::string file = bundle();
    const Tree before = tree_of(root_);
    EXPECT_EQ(prepare(file).code, 0);
    ASSERT_EQ(workshop_.apply(root_, file).code, 0);
    calls_say("INSERT INTO setting VALUES('later', 'x')");
    const Ran refused = workshop_.update(root_, {"rollback"});
    EXPECT_EQ(refused.code, 10) << refused.out;
    EXPECT_NE(refused.err.find("the database was written to since the update"), std::string::npos)
        << refused.err;
    EXPECT_EQ(refused.err.find("can't be counted"), std::string::npos) << refused.err;
    EXPECT_EQ(workshop_.update(root_, {"rollback", "--set-newer-aside"}).code, 0);
    EXPECT_EQ(differences(before, tree_of(root_)), "");
}

// For a machine where the updater can't run.
TEST_F(Preparation, TheCombinedScriptPreparesForItself) {
    const Ran ran =
        workshop_.lockstep({"sql", folder_ + "/release.toml", "--from", "1.0.0", "--to", "2.0.0"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    const std::string before = calls_say(told);
    write_file(root_ + "/combined.sql", ran.out);
    const Ran sql = run({"sqlite3", "-bail", "data/calls.db", ".read combined.sql"}, root_);
    EXPECT_EQ(sql.code, 0) << sql.err;
    fs::remove(root_ + "/data/config.db");
    expect_merged(before);
}

TEST_F(Preparation, LintReadsWhatPreparesToo) {
    const Ran ran = workshop_.lockstep({"lint", folder_ + "/release.toml"});
    EXPECT_NE(ran.out.find("2.0.0/prepare.sql line 3"), std::string::npos) << ran.out << ran.err;
    EXPECT_NE(ran.out.find("randomblob gives something else on each laptop"), std::string::npos) << ran.out;
    EXPECT_EQ(ran.out.find("no such table"), std::string::npos) << ran.out;
}

} // namespace
} // namespace lockstep
