#include "payload/sqlite.h"
#include "tests/support/hooked_sqlite.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tree.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sqlite3.h>

using namespace lockstep;

// Found by the fuzzer: it went round and round at the zero byte.
TEST(Sqlite, RefusesSqlWithAZeroByte) {
    using namespace std::string_literals;
    Database database(":memory:", OpenMode::create);
    EXPECT_EQ(
        refusal_of_action([&] { database.run("CREATE TABLE a(x);\0CREATE TABLE b(x);"s); },
                          Code::internal_error),
        "While using :memory:: Could not run the SQL CREATE TABLE a(x);\\x00CREATE TABLE b(x);: it holds "
        "a zero byte");
    EXPECT_TRUE(database.texts("SELECT name FROM sqlite_schema").empty());
}

// Found by the sweep of failing calls: the new mode was told, and the file kept the old one.
TEST(Sqlite, SaysWhereAChangeOfTheJournalModeFails) {
    for (const auto& [before, after] : {std::pair{"delete", "wal"}, std::pair{"wal", "delete"}}) {
        bool reached = true;
        int failed = 0;
        for (int number = 1; reached; ++number) {
            const TemporaryFolder folder;
            int count = -1; // not yet
            hook_sqlite(
                [&](const SeamCall& call) {
                    return count >= 0 && changes_file(call) && ++count == number ? SQLITE_FULL : SQLITE_OK;
                },
                [](const SeamCall&) { return SQLITE_OK; });
            Database database(folder / "a.db", OpenMode::create);
            database.run("CREATE TABLE a(x)");
            ASSERT_EQ(database.text(std::string("PRAGMA journal_mode=") + before), before);
            count = 0;
            const std::string error = message_of<Error>(
                [&, &mode = after] { database.text(std::string("PRAGMA journal_mode=") + mode); });
            unhook_sqlite();
            reached = count >= number;
            failed += error.empty() ? 0 : 1;
            const bool is_wal = read_file(folder / "a.db")[18] == 2;
            if (error.empty()) { // an error may come after it has happened
                EXPECT_EQ(is_wal, std::string(after) == "wal") << "call " << number;
            }
        }
        EXPECT_GE(failed, 2);
    }
}

TEST(Sqlite, WritesThroughNoLink) {
    const TemporaryFolder folder;
    Database(folder / "true.db", OpenMode::create).run("CREATE TABLE a(x)");
    std::filesystem::create_symlink("true.db", folder / "link.db");
    std::filesystem::create_directory_symlink(folder.path(), folder / "way");
    for (const std::string path : {"link.db", "way/true.db"})
        for (const OpenMode mode : {OpenMode::read_write, OpenMode::create})
            EXPECT_EQ(refusal_of_action([&] { Database(folder / path, mode); }, Code::not_recognised),
                      "Could not open the database " + (folder / path) +
                          ": it is a link, or a folder on its way is one");
    EXPECT_NO_THROW(Database(folder / "way/true.db", OpenMode::immutable));
}
