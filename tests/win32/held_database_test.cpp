// A live database on Windows: held so that nobody can open it, and renamed while it is held.
#include "payload/sqlite.h"
#include "tests/support/temporary_folder.h"
#include "updater/locked_database.h"
#include "win32/held_files.h"
#include "win32/system_library.h"
#include "win32/text.h"

#include <array>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

class HeldDatabase : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        Database made(path, OpenMode::create);
        made.run("PRAGMA journal_mode=" + std::string(GetParam()));
        made.run("CREATE TABLE visit(value); INSERT INTO visit VALUES(1),(2)");
        made.close();
    }
    std::string rows(const std::string& at) const {
        Database database(at, OpenMode::read_write);
        return database.text("SELECT group_concat(value) FROM visit").value_or("none");
    }
    bool can_open(const std::string& at) const {
        try {
            static_cast<void>(system_files().open(at));
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::busy) << error.what();
            return false;
        }
        return true;
    }
    TemporaryFolder folder;
    FileSystem& files = system_files();
    std::string path = folder / "ünï clinic.db";
};
INSTANTIATE_TEST_SUITE_P(JournalMode, HeldDatabase, testing::Values("DELETE", "WAL"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(HeldDatabase, IsOpenedByNobodyElseUntilItIsReleased) {
    LockedDatabase locked(path);
    EXPECT_TRUE(locked.claim_alone());
    EXPECT_TRUE(locked.still_alone());
    EXPECT_FALSE(can_open(path));
    locked.release();
    EXPECT_TRUE(can_open(path));
    EXPECT_EQ(rows(path), "1,2");
}

TEST_P(HeldDatabase, SaysThatAnotherProgramHasItOpen) {
    const auto other = files.open(path);
    try {
        LockedDatabase locked(path);
        ADD_FAILURE() << "it was opened";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::busy);
        EXPECT_EQ(std::string(error.what()),
                  "Could not lock the database " + path + ": it is in use by another program");
    }
}

TEST_P(HeldDatabase, IsRenamedByItsHandleAndStaysHeld) {
    LockedDatabase locked(path);
    const FileStatus before = locked.status();
    files.rename(path, folder / "aside.db");
    EXPECT_FALSE(files.status(path));
    EXPECT_EQ(files.status(folder / "aside.db")->id, before.id);
    EXPECT_FALSE(can_open(folder / "aside.db"));
    files.create(path, 0600);
    EXPECT_NE(message_of<Error>([&] { files.rename(folder / "aside.db", path); }), "")
        << "it replaces nothing";
    files.remove_file(path);
    files.rename(folder / "aside.db", path);
    locked.release();
    EXPECT_EQ(rows(path), "1,2");
}

// Wine renames by a handle that has no right to; Windows would refuse.
TEST_P(HeldDatabase, IsHeldWithTheRightToRenameIt) {
    LockedDatabase locked(path);
    HANDLE const held = held_at(system_path(path));
    ASSERT_TRUE(held);
    using QueryObject = LONG WINAPI(HANDLE, int, void*, ULONG, ULONG*);
    struct BasicInformation { // PUBLIC_OBJECT_BASIC_INFORMATION
        ULONG attributes = 0;
        ACCESS_MASK granted = 0;
        std::array<ULONG, 12> reserved{};
    } found;
    const SystemLibrary system(L"ntdll.dll");
    ASSERT_EQ(system.function<QueryObject>("NtQueryObject")(held, 0, &found, sizeof found, nullptr), 0);
    EXPECT_NE(found.granted & DELETE, 0U);
}

TEST_P(HeldDatabase, IsReadWhileItIsHeld) {
    LockedDatabase locked(path);
    copy_file(files, locked, folder / "copy.db", 0600);
    EXPECT_EQ(rows(folder / "copy.db"), "1,2");
    files.copy_rights(path, folder / "copy.db");
    EXPECT_EQ(files.status(path)->size, locked.size());
}

TEST_P(HeldDatabase, InvalidatedIsNoDatabaseAnyMore) {
    LockedDatabase locked(path);
    locked.invalidate();
    locked.release();
    EXPECT_NE(message_of<Error>([&] { rows(path); }).find("file is not a database"), std::string::npos);
}

TEST_P(HeldDatabase, MayHaveAPathOfAnyLength) {
    std::string deep = folder.path();
    for (int i = 0; i < 4; ++i) deep += "/" + std::string(70, 'a') + std::to_string(i);
    files.make_folders(deep, 0700);
    const std::string distant = deep + "/clinic.db";
    copy_file(files, *files.open(path), distant, 0600);
    ASSERT_GT(distant.size(), 260U);
    LockedDatabase locked(distant);
    files.rename(distant, deep + "/aside.db");
    locked.release();
    EXPECT_EQ(rows(deep + "/aside.db"), "1,2");
    EXPECT_EQ(files.names_in(deep), (std::vector<std::string>{"aside.db"}));
    files.remove_tree(folder.path()); // which std::filesystem could not
    files.make_folder(folder.path(), 0700);
}

} // namespace
} // namespace lockstep
