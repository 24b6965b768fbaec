// The story of a telephone exchange: its small configuration database goes into the one with the call
// records, which get a new key. What that takes is told before; a part of it can be done before, while people
// are working.
#include "payload/declaration_text.h"
#include "payload/sqlite.h"
#include "tests/support/sweep.h"
#include "tests/support/workshop.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <thread>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const char* const release_text = R"(product = "exchange"
version = "2.0.0"
code = "app-2"
migrations = "migrations"
renamed_tables = { "config.setting" = "main.setting" }
dropped_columns = ["note.call_id"]
ignore_tables = ["prepared_call_key"]

[[previous]]
version = "1.0.0"
code = "app-1"
samples = { main = ["calls.db"], config = ["config.db"] }

[[database]]
name = "main"
path = "data/calls.db"

[[database]]
name = "config"
path = "data/config.db"
retired = "2.0.0"
)";

// The keys that the preparation made are taken; whoever skipped it gets them all here.
const char* const migration = R"(
CREATE TABLE IF NOT EXISTS prepared_call_key(id INTEGER PRIMARY KEY, key TEXT NOT NULL);
INSERT INTO prepared_call_key SELECT id, lower(hex(randomblob(16))) FROM call
    WHERE id NOT IN (SELECT id FROM prepared_call_key);

CREATE TABLE call_new(key TEXT PRIMARY KEY NOT NULL, id INTEGER NOT NULL UNIQUE, caller TEXT NOT NULL,
    callee TEXT NOT NULL, begun TEXT NOT NULL, seconds INTEGER NOT NULL);
INSERT INTO call_new SELECT key, id, caller, callee, begun, seconds FROM call JOIN prepared_call_key USING(id);
CREATE TABLE note_new(id INTEGER PRIMARY KEY, call_key TEXT NOT NULL REFERENCES call(key), text TEXT NOT NULL);
INSERT INTO note_new SELECT note.id, key, text FROM note JOIN prepared_call_key ON prepared_call_key.id = call_id;
DROP TABLE note;
DROP TABLE call;
ALTER TABLE call_new RENAME TO call;
ALTER TABLE note_new RENAME TO note;
CREATE INDEX call_begun ON call(begun);
DROP TABLE prepared_call_key;

CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT);
INSERT INTO main.setting SELECT name, value FROM config.setting;
)";

// In steps of their own, so that nobody who writes waits long.
std::string preparation() {
    std::string sql =
        ".timeout 60000\n"
        "CREATE TABLE IF NOT EXISTS prepared_call_key(id INTEGER PRIMARY KEY, key TEXT NOT NULL);\n";
    for (int part = 0; part < 10; ++part)
        sql += "INSERT OR IGNORE INTO prepared_call_key SELECT id, lower(hex(randomblob(16))) FROM call "
               "WHERE id % "
               "10 = " +
               std::to_string(part) + ";\n";
    return sql;
}

const char* const schema = "CREATE TABLE call(id INTEGER PRIMARY KEY, caller TEXT NOT NULL, callee TEXT NOT "
                           "NULL, begun TEXT NOT NULL,"
                           " seconds INTEGER NOT NULL); CREATE INDEX call_begun ON call(begun);"
                           "CREATE TABLE note(id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL REFERENCES "
                           "call(id), text TEXT NOT NULL);";

std::string calls(std::int64_t count) {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
           std::to_string(count) +
           ") INSERT INTO call SELECT i, '+45 ' || (i * 7919 % 100000), 'sip:ünï' || (i % 977) || "
           "'@example.org',"
           " datetime(1700000000 + i, 'unixepoch'), i % 3600 FROM n;"
           "INSERT INTO note(call_id, text) SELECT id, 'Nr. ' || id FROM call WHERE id % 100 = 0;";
}

const char* const settings =
    "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT);"
    "INSERT INTO setting VALUES('operator', 'Zoë'), ('language', 'da'), ('none', NULL);";

// What calls and notes say, without their keys.
const char* const told = "SELECT count(*), sum(seconds), min(begun), max(begun), count(DISTINCT caller), "
                         "max(caller || callee || begun) FROM call";

class TwoIntoOne : public ::testing::Test {
  protected:
    TwoIntoOne() {
        write_file(folder_ + "/app-1/exchange.txt", "1\n");
        write_file(folder_ + "/app-2/exchange.txt", "2\n");
        write_file(folder_ + "/migrations/2.0.0/all.sql", migration);
        write_file(folder_ + "/release.toml", release_text);
        write_file(folder_ + "/prepare.sql", preparation());
        sqlite(folder_ + "/calls.db", std::string("PRAGMA journal_mode=WAL;") + schema + calls(sample_));
        sqlite(folder_ + "/config.db", settings);
        fs::copy_file(folder_ + "/calls.db", folder_ + "/prepared.db");
        prepare(folder_ + "/prepared.db");
        install();
    }

    void install() const {
        fs::copy(folder_ + "/app-1", root_, fs::copy_options::recursive);
        fs::create_directories(root_ + "/data");
        sqlite(root_ + "/data/calls.db", std::string("PRAGMA journal_mode=WAL;") + schema + calls(rows_));
        sqlite(root_ + "/data/config.db", settings);
    }
    void prepare(const std::string& database) const {
        sqlite(database, ".read '" + folder_ + "/prepare.sql'");
    }
    std::string calls_say(const std::string& sql) const { return sqlite(root_ + "/data/calls.db", sql); }
    std::string bundle() {
        const Ran rehearsed =
            workshop_.lockstep({"rehearse", folder_ + "/release.toml", "--db", folder_ + "/prepared.db"});
        EXPECT_EQ(rehearsed.code, 0) << rehearsed.err;
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

    // 5,000,000 calls where everything is tried.
    const std::int64_t rows_ = every_point() ? 5'000'000 : 20'000;
    const std::int64_t sample_ = rows_ / 20;
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
    EXPECT_NE(checked.out.find("would run 2.0.0/all.sql"), std::string::npos) << checked.out;

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
        prepare(root_ + "/data/calls.db");
        written = exchange.stop();
    }
    const std::string keys =
        calls_say("SELECT id, key FROM prepared_call_key WHERE id <= " + std::to_string(rows_));
    const std::string before = calls_say(told);
    const Ran updated = workshop_.apply(root_, file);
    ASSERT_EQ(updated.code, 0) << updated.err;
    expect_merged(before);
    EXPECT_EQ(calls_say("SELECT count(*) FROM call"), std::to_string(rows_ + written) + "\n")
        << "each call is there";
    EXPECT_EQ(calls_say("SELECT id, key FROM call WHERE id <= " + std::to_string(rows_) + " ORDER BY id"),
              keys)
        << "what was prepared was taken";
}

// The rehearsal of both: the same rows arrive, and the scripts had less to write.
TEST_F(TwoIntoOne, WhatWasPreparedIsNotDoneAgain) {
    bundle();
    const auto evidence = nlohmann::json::parse(read_file(folder_ + "/rehearsal.json"));
    ASSERT_EQ(evidence["runs"].size(), 2U);
    const auto written = [&](std::size_t run) {
        return evidence["runs"][run]["script_rows"]["2.0.0/all.sql"].get<int>();
    };
    EXPECT_EQ(written(0) - written(1), sample_) << "a key for each call";
    EXPECT_EQ(evidence["runs"][0]["rows"]["config.setting"], 3);
    EXPECT_TRUE(evidence["runs"][0]["bytes_before"].contains("config"));
    EXPECT_FALSE(evidence["runs"][0]["bytes_after"].contains("config"));
    EXPECT_TRUE(evidence["runs"][0]["phase_seconds"].contains("migrate"));
}

} // namespace
} // namespace lockstep
