// Databases that an update must not begin with: changed by hand, of another version, damaged, or gone.
#include "tests/support/attempt.h"
#include "tests/support/installation.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

void overwrite(const std::string& path, std::streamoff offset, const std::string& bytes) {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(offset);
    file << bytes;
}

TEST(DatabaseDamage, RefusesASchemaThatWasChangedByHandAndNamesWhatDiffers) {
    Installation field;
    field.sql("CREATE TABLE my_notes(text TEXT); DROP INDEX person_name; ALTER TABLE place ADD COLUMN size "
              "INTEGER;");
    field.remember();
    field.expect_untouched(field.apply({"--set-aside-local-changes"}), 10,
                           {"the code is version 1.0.0, but the database is not of that version", "my_notes",
                            "index person_name is missing", "table place is not as released"});
}

TEST(DatabaseDamage, RefusesCodeOfOneVersionWithADatabaseOfAnother) {
    Installation field;
    fs::copy_file(common_workshop() / "samples/register-1.1.0.db", field.database(),
                  fs::copy_options::overwrite_existing);
    field.remember();
    field.expect_untouched(field.apply({"--set-aside-local-changes"}), 10,
                           {"the code is version 1.0.0, but the database is of version 1.1.0"});

    Installation newer("1.1.0");
    fs::copy_file(common_workshop() / "samples/register-1.0.0.db", newer.database(),
                  fs::copy_options::overwrite_existing);
    newer.remember();
    newer.expect_untouched(newer.apply(), 10,
                           {"the code is version 1.1.0, but the database is of version 1.0.0"});
}

TEST(DatabaseDamage, RefusesADatabaseWithADamagedPage) {
    Installation field("1.0.0", 5000);
    const auto page = std::stoll(field.sql("SELECT rootpage FROM sqlite_schema WHERE name='person'"));
    overwrite(field.database(), page * 4096,
              std::string(4096, '\x5a')); // the page after the root of the table
    field.remember();
    field.expect_untouched(field.apply(), 40,
                           {"it is damaged:", "The database was damaged before the update began",
                            "Make a copy of the whole folder"});
}

void make_the_index_miss_a_row(const std::string& database) {
    const auto page =
        std::stoll(sqlite(database, "SELECT rootpage FROM sqlite_schema WHERE name='person_name'"));
    sqlite(database, "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema WHERE name='person_name'");
    sqlite(
        database,
        "DELETE FROM person WHERE id=7; PRAGMA writable_schema=ON; INSERT INTO sqlite_schema VALUES('index',"
        "'person_name','person'," +
            std::to_string(page) + ",'CREATE INDEX person_name ON person(name)')");
}

// The migration runs beside the backup's check, and may fail of the damage first.
TEST(DatabaseDamage, IsSaidWhereTheMigrationFailsOfIt) {
    Workshop workshop;
    const std::string script = workshop / "migrations/1.1.0/all.sql";
    write_file(script,
               "SELECT require((SELECT count(name) FROM person INDEXED BY person_name WHERE name > '') = "
               "(SELECT count(name) FROM person NOT INDEXED WHERE name > ''), 'not as many names');\n" +
                   read_file(script));
    const std::string bundle = workshop.bundle(workshop / "release-1.1.0.toml");
    const std::string root = workshop.install("field");
    make_the_index_miss_a_row(workshop.database(root));
    expect_refused(root, 40, {"it is damaged:", "person_name"}, [&] { return workshop.apply(root, bundle); });
}

TEST(DatabaseDamage, RefusesADatabaseWhoseIndexMissesARow) {
    Installation field("1.0.0", 5000);
    make_the_index_miss_a_row(field.database());
    field.remember();
    field.expect_untouched(field.apply(), 40, {"it is damaged:", "person_name"});
}

TEST(DatabaseDamage, RefusesATruncatedDatabase) {
    Installation field("1.0.0", 5000);
    fs::resize_file(field.database(), 3 * 4096 + 100);
    field.remember();
    field.expect_untouched(field.apply(), 40, {"register.db", "Make a copy of the whole folder"});
}

TEST(DatabaseDamage, RefusesAFileThatIsNoDatabase) {
    Installation field;
    write_file(field.database(), std::string(8192, 'x'));
    field.remember();
    field.expect_untouched(field.apply(), 40, {"register.db", "file is not a database"});
}

TEST(DatabaseDamage, RefusesAnEmptiedFile) {
    Installation field;
    write_file(field.database(), "");
    field.remember();
    field.expect_untouched(field.apply(), 40, {"register.db", "it is empty"});
}

TEST(DatabaseDamage, RefusesABlankedFile) {
    Installation field;
    write_file(field.database(), std::string(8192, '\0'));
    field.remember();
    field.expect_untouched(field.apply(), 40, {"register.db"});
}

TEST(DatabaseDamage, RefusesADatabaseThatVanishedSinceTheLastUpdate) {
    Installation field;
    field.expect_updated(field.apply());
    field.expect_rolled_back(field.update({"rollback"}));
    fs::remove(field.database());
    field.remember();
    field.expect_untouched(field.apply(), 10,
                           {"register.db", "it was there at the last update, and now there is no such file"});
}

// A log or a hot journal without its database: the database was lost, and is not "not there yet".
TEST(DatabaseDamage, RefusesAnOrphanedLogOrJournalAndNamesIt) {
    for (const std::string end : {"-wal", "-journal"}) {
        Installation field;
        fs::remove(field.database());
        std::ofstream(field.database() + end) << "what was written last";
        field.remember();
        field.expect_untouched(field.apply(), 10,
                               {"Could not find the database", "there is no such file, but it was there: ",
                                "register.db" + end + " belongs to it"});
    }
}

TEST(DatabaseDamage, UpdatesTheCodeAloneWhereThereIsNoDatabaseYet) {
    Installation field;
    fs::remove_all(field / "data");
    field.remember();
    const Ran applied = field.apply();
    field.expect_updated(applied);
    EXPECT_NE(applied.out.find("there was no database yet"), std::string::npos) << applied.out;
    EXPECT_FALSE(fs::exists(field.database()));
    field.expect_rolled_back(field.update({"rollback"}));
}

// The application made its database after the update: going back would leave it to code that can't read it.
TEST(DatabaseDamage, RefusesARollbackThatWouldLeaveADatabaseOfTheNewVersion) {
    Installation field;
    fs::remove_all(field / "data");
    field.expect_updated(field.apply());
    fs::create_directories(field / "data");
    field.sql(register_schema("1.1.0") + register_rows("1.1.0", 3));
    const Tree updated = tree_of(field.root());
    const Ran back = field.update({"rollback"});
    EXPECT_EQ(back.code, 10) << back.err;
    EXPECT_NE(back.err.find("there was no database before the update, and now there is one"),
              std::string::npos)
        << back.err;
    EXPECT_EQ(differences(updated, tree_of(field.root())), "");
    EXPECT_NE(field.apply().out.find("is installed already"), std::string::npos);
}

TEST(DatabaseDamage, UpdatesADatabaseWithoutRows) {
    Installation field;
    field.sql("DELETE FROM person; DELETE FROM place;");
    field.remember();
    field.expect_updated(field.apply());
    EXPECT_EQ(field.sql("SELECT count(*) FROM person WHERE status='active'"), "0\n");
    EXPECT_EQ(field.sql("SELECT seq FROM sqlite_sequence WHERE name='person'"), "50\n");
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(DatabaseDamage, RefusesAFolderAndADeviceInTheDatabasesPlace) {
    Installation field;
    fs::remove(field.database());
    fs::create_directory(field.database());
    field.remember();
    field.expect_untouched(field.apply(), 10, {"register.db", "is a folder"});
    fs::remove(field.database());
    ASSERT_EQ(run({"mkfifo", field.database()}).code, 0);
    field.remember();
    field.expect_untouched(field.apply(), 10, {"register.db", "is not a regular file"});
}

} // namespace
} // namespace lockstep
