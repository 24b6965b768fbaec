#include "updater/locked_database.h"

#include "tests/support/sqlite_shell.h"
#include "tests/support/temporary_folder.h"

#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr const char* whole = "200|20000\n"; // rows, and the sum of their values

void make_database(const std::string& path, const std::string& journal_mode) {
    asked(path, "PRAGMA journal_mode=" + journal_mode +
                    ";\nCREATE TABLE visit(id INTEGER PRIMARY KEY, value, text);\n"
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<200)\n"
                    "INSERT INTO visit SELECT i, 100, hex(randomblob(1000)) FROM n;");
}

std::string content(const std::string& path) {
    return asked(path, "SELECT count(*), sum(value) FROM visit;");
}

std::vector<std::string> sidecars_present(const std::string& path) {
    std::vector<std::string> present;
    for (const std::string& sidecar : sidecar_paths(path))
        if (fs::exists(sidecar)) present.push_back(sidecar);
    return present;
}

std::string message(const std::string& path) {
    return message_of<Error>([&] { LockedDatabase locked(path); });
}

Code code(const std::string& path) {
    try {
        LockedDatabase locked(path);
    } catch (const Error& error) {
        return error.code();
    }
    return Code::ok;
}

class LockedDatabaseIn : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override { make_database(path, GetParam()); }
    TemporaryFolder folder;
    std::string path = folder / "clinic.db";
};
INSTANTIATE_TEST_SUITE_P(JournalMode, LockedDatabaseIn,
                         testing::Values("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF", "WAL"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(LockedDatabaseIn, KeepsOthersFromReadingAndWritingUntilRelease) {
    LockedDatabase locked(path);
    EXPECT_NE(asked(path, "SELECT count(*) FROM visit;").find("locked"), std::string::npos);
    EXPECT_NE(asked(path, "DELETE FROM visit;").find("locked"), std::string::npos);
    EXPECT_NE(asked(path, "PRAGMA journal_mode=WAL;\nPRAGMA journal_mode=DELETE;").find("locked"),
              std::string::npos);
    locked.release();
    EXPECT_EQ(content(path), whole);
    EXPECT_EQ(asked(path, "UPDATE visit SET value=1 WHERE id=1;"), "");
}

TEST_P(LockedDatabaseIn, LeavesTheJournalModeAsItWas) {
    const std::string before = asked(path, "PRAGMA journal_mode;");
    { LockedDatabase locked(path); }
    EXPECT_EQ(asked(path, "PRAGMA journal_mode;"), before);
}

TEST_P(LockedDatabaseIn, HoldsTheWholeContentInOneFileWithNothingBesideIt) {
    { // killed with a committed row in the WAL, or a journal that its mode leaves behind
        SqliteShell writer(path);
        writer.run("PRAGMA journal_mode=" + std::string(GetParam()) +
                   ";\nINSERT INTO visit VALUES(201, 7, 'new');");
        writer.kill();
    }
    LockedDatabase locked(path);
    EXPECT_EQ(sidecars_present(path), std::vector<std::string>{});
    copy_file(system_files(), locked, folder / "copy.db", 0600);
    EXPECT_EQ(asked(folder / "copy.db", "SELECT count(*), sum(value) FROM visit;\nPRAGMA integrity_check;"),
              "201|20007\nok\n");
    locked.release();
    EXPECT_EQ(sidecars_present(path), std::vector<std::string>{});
}

TEST_P(LockedDatabaseIn, UndoesWhatAKilledWriterHadNotCommitted) {
    if (GetParam() == std::string("MEMORY") || GetParam() == std::string("OFF"))
        GTEST_SKIP() << "in this journal mode SQLite itself can't undo what a killed writer did";
    {
        SqliteShell writer(path);
        writer.run("PRAGMA journal_mode=" + std::string(GetParam()) +
                   ";\nINSERT INTO visit VALUES(201, 7, 'new');\n" +
                   "PRAGMA cache_size=2;\nBEGIN;\nUPDATE visit SET value=5, text=hex(randomblob(1000));");
        writer.kill();
    }
    const std::string hot = path + (GetParam() == std::string("WAL") ? "-wal" : "-journal");
    ASSERT_GT(fs::file_size(hot), 4096U) << "the writer should have left something to undo";
    {
        LockedDatabase locked(path);
        copy_file(system_files(), locked, folder / "copy.db", 0600);
    }
    EXPECT_EQ(content(folder / "copy.db"), "201|20007\n");
    EXPECT_EQ(content(path), "201|20007\n");
    EXPECT_EQ(asked(path, "PRAGMA integrity_check;"), "ok\n");
}

// The wait for a busy database is real, so in two journal modes only: the others lock as DELETE does.
class BusyDatabaseIn : public LockedDatabaseIn {
  protected:
    std::string refusal;
    void try_to_lock() {
        try {
            LockedDatabase locked(path);
        } catch (const Error& error) {
            refusal = error.what();
            EXPECT_EQ(error.code(), Code::busy);
        }
    }
    std::string in_use_by(const SqliteShell& shell) const {
        return "Could not lock the database " + path + ": it is in use by sqlite3 (" +
               std::to_string(shell.process()) + ")";
    }
};
INSTANTIATE_TEST_SUITE_P(JournalMode, BusyDatabaseIn, testing::Values("DELETE", "WAL"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(BusyDatabaseIn, NamesWhoeverIsWritingIt) {
    SqliteShell writer(path);
    writer.run("BEGIN IMMEDIATE;\nUPDATE visit SET value=1 WHERE id=1;");
    try_to_lock();
    EXPECT_EQ(refusal, in_use_by(writer));
    EXPECT_EQ(writer.run("COMMIT;"), "") << "the application goes on undisturbed";
}

TEST_P(BusyDatabaseIn, NamesWhoeverIsReadingIt) {
    SqliteShell reader(path);
    reader.run("BEGIN;\nSELECT count(*) FROM visit;");
    try_to_lock();
    EXPECT_EQ(refusal, in_use_by(reader));
    EXPECT_EQ(reader.run("SELECT count(*) FROM visit;"), "200\n");
}

TEST_P(LockedDatabaseIn, KeepsTheLockThroughARename) {
    LockedDatabase locked(path);
    const FileStatus before = locked.status();
    system_files().rename(path, folder / "aside.db");
    EXPECT_NE(content(folder / "aside.db").find("locked"), std::string::npos);
    EXPECT_EQ(locked.status().id, before.id);
    locked.release();
    EXPECT_EQ(content(folder / "aside.db"), whole);
}

// After a swap another database stands at the name: its WAL must not go when the old file is let go.
TEST_P(LockedDatabaseIn, LeavesTheSidecarsOfWhateverStandsAtItsNameLater) {
    LockedDatabase locked(path);
    system_files().rename(path, folder / "aside.db");
    make_database(path, "WAL");
    SqliteShell application(path);
    application.run("INSERT INTO visit VALUES(201, 7, 'after the update');");
    locked.release();
    application.kill(); // so that only the WAL has the row
    EXPECT_EQ(content(path), "201|20007\n");
}

TEST_P(LockedDatabaseIn, IsWholeAfterTheUpdaterIsKilledInTheMiddle) {
    const pid_t updater = ::fork();
    if (updater == 0) {
        LockedDatabase locked(path);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(updater, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(content(path), whole);
}

TEST(LockedDatabase, TakesAnEmptyFileAndLeavesItEmpty) {
    const TemporaryFolder folder;
    system_files().create(folder / "clinic.db", 0600);
    {
        LockedDatabase locked(folder / "clinic.db");
        EXPECT_EQ(locked.size(), 0U);
        EXPECT_EQ(sidecars_present(folder / "clinic.db"), std::vector<std::string>{});
        EXPECT_NE(asked(folder / "clinic.db", "CREATE TABLE a(b);").find("locked"), std::string::npos);
        locked.release();
    }
    EXPECT_EQ(fs::file_size(folder / "clinic.db"), 0U);
    EXPECT_EQ(sidecars_present(folder / "clinic.db"), std::vector<std::string>{});
}

TEST(LockedDatabase, TakesUtf16AndOtherPageSizes) {
    const TemporaryFolder folder;
    asked(folder / "clinic.db", "PRAGMA page_size=65536;\nPRAGMA encoding='UTF-16be';\nCREATE TABLE a(b);");
    LockedDatabase locked(folder / "clinic.db");
    std::string magic(15, ' ');
    locked.read(0, std::as_writable_bytes(std::span(magic)));
    EXPECT_EQ(magic, "SQLite format 3");
    EXPECT_EQ(locked.size() % 65536, 0U);
}

TEST(LockedDatabase, SaysThatAFileIsNoDatabase) {
    const TemporaryFolder folder;
    write_durably(system_files(), folder / "clinic.db", std::string(5000, 'x'), 0600);
    EXPECT_EQ(message(folder / "clinic.db"),
              "Could not lock the database " + folder / "clinic.db" + ": file is not a database");
    EXPECT_EQ(code(folder / "clinic.db"), Code::live_damaged);
}

TEST(LockedDatabase, RefusesWhatIsNotOnePlainFileAndSaysWhatItIs) {
    const TemporaryFolder folder;
    const std::string path = folder / "clinic.db";
    const std::string start = "Could not open the database " + path + ": ";
    EXPECT_EQ(message(path), start + "there is no such file");
    make_database(folder / "real.db", "DELETE");
    fs::create_symlink(folder / "real.db", path);
    EXPECT_EQ(message(path), start + "it is a link to " + folder / "real.db");
    EXPECT_EQ(code(path), Code::not_recognised);
    fs::remove(path);
    fs::create_hard_link(folder / "real.db", path);
    EXPECT_EQ(message(path), start + "the file has 2 names, and an update can replace only one");
    fs::remove(path);
    fs::create_directory(path);
    EXPECT_EQ(message(path), start + "it is a folder");
    EXPECT_EQ(code(path), Code::not_recognised);
}

TEST(LockedDatabase, InvalidatedIsNoDatabaseAnyMore) {
    const TemporaryFolder folder;
    make_database(folder / "clinic.db", "WAL");
    LockedDatabase locked(folder / "clinic.db");
    locked.invalidate();
    locked.release();
    EXPECT_NE(content(folder / "clinic.db").find("file is not a database"), std::string::npos);
}

} // namespace
} // namespace lockstep
