#include "payload/sqlite.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

#include <filesystem>
#include <gtest/gtest.h>

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
