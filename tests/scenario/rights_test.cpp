// Whose the files are: owner, group and mode stay what they were, whoever runs the update.
#include "tests/support/installation.h"
#include "tests/support/mount.h"
#include "tests/support/other_user.h"
#include "tests/support/sqlite_shell.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

TEST(Rights, RefusesAnInstallationThatThisUserMayNotWriteTo) {
    NEEDS_ROOT();
    const ReadableFolder folder;
    Installation field(folder / "field", "1.0.0", 50);
    const std::string advice = "Free some space, or start the update as someone who may write there";
    field.expect_untouched(apply_as_nobody(field), 12, {".lockstep: Permission denied", advice});
    field.expect_untouched(apply_as_nobody(field, {"check"}), 12, {".lockstep: Permission denied", advice});
    field.sql("PRAGMA journal_mode=WAL");
    field.remember();
    field.expect_untouched(apply_as_nobody(field), 12,
                           {"Could not read the database", "register.db", advice});
}

// A whole update by the installation's owner, who is not root; what was the owner's stays the owner's.
TEST(Rights, UpdatesAsTheOwnerOfTheInstallation) {
    NEEDS_ROOT();
    const ReadableFolder folder;
    Installation field(folder / "field", "1.0.0", 50);
    give_to_nobody(field.root());
    fs::permissions(field.database(), fs::perms(0600));
    field.remember();
    const std::string people = field.people();
    field.expect_updated(apply_as_nobody(field));
    EXPECT_EQ(field.people(), people);
    for (const auto& [path, content] : tree_of(field.root(), true))
        EXPECT_NE(content.find(" 65534:65534 "), std::string::npos) << path;
    EXPECT_EQ(fs::status(field.database()).permissions(), fs::perms(0600));
    field.expect_rolled_back(as_nobody({built("update"), "--root", field.root(), "rollback"}));
}

// What runs beside the migration elsewhere is done before it then.
TEST(Rights, UpdatesWhereItMayHaveNoSecondThread) {
    NEEDS_ROOT();
    const ReadableFolder folder;
    Installation field(folder / "field", "1.0.0", 50);
    give_to_nobody(field.root());
    field.remember();
    const Ran refused = as_nobody({"prlimit", "--nproc=1:1", "sh", "-c", "true & wait"});
    EXPECT_NE(refused.err.find("fork"), std::string::npos) << "it may have more processes: " << refused.err;
    field.expect_updated(as_nobody({"prlimit", "--nproc=1:1", built("update"), "--root", field.root(),
                                    "--bundle", common_bundle(), "--trust", common_workshop() / "key.pub"}));
}

// Root updates what an application's own user writes to: it must be able to write after the update too.
TEST(Rights, KeepsOwnerAndModeOfEachFileWhereRootUpdates) {
    NEEDS_ROOT();
    const ReadableFolder folder;
    Installation field(folder / "field", "1.0.0", 50);
    for (const std::string path : {"data", "lib"}) give_to_nobody(field / path);
    fs::permissions(field.database(), fs::perms(0660));
    field.remember();
    field.expect_updated(field.apply());
    const Tree after = tree_of(field.root());
    const auto rights = [](const std::string& text) { return text.substr(0, text.find('\n')); };
    for (const std::string path :
         {"data", "data/register.db", "lib", "lib/changed.txt", "lib/same.txt", "app"})
        EXPECT_EQ(rights(after.at(path)), rights(field.before().at(path))) << path;
    EXPECT_EQ(rights(after.at("lib/added.txt")), "644 65534:65534 file");
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(Rights, RefusesAFolderThatOthersCouldReplaceWhereItRunsAsRoot) {
    NEEDS_ROOT();
    const TemporaryFolder folder;
    Installation field(folder / "open/field", "1.0.0", 50);
    fs::permissions(folder / "open", fs::perms(0777));
    field.expect_untouched(field.apply(), 12, {"everybody may write to", "/open"});
    fs::permissions(folder / "open", fs::perms(0755));
    give_to_nobody(field.root());
    field.remember();
    field.expect_untouched(field.apply(), 12,
                           {"belongs to nobody (uid 65534), who could replace it",
                            "Run the updater as the installation's owner"});
}

// Whom the application runs as is hidden from the owner; that it has the database open is not.
TEST(Rights, RefusesWhereAnotherUsersApplicationHasTheDatabase) {
    NEEDS_ROOT();
    for (const std::string mode : {"DELETE", "WAL"}) {
        const ReadableFolder folder;
        Installation field(folder / "field", "1.0.0", 50);
        field.sql("PRAGMA journal_mode=" + mode);
        give_to_nobody(field.root());
        fs::permissions(field.root(), fs::perms(0755));
        {
            SqliteShell application(field.database());
            application.run("SELECT 1 FROM person LIMIT 1;");
            for (const std::string suffix : {"-wal", "-shm"})
                if (fs::exists(field.database() + suffix)) give_to_nobody(field.database() + suffix);
            field.remember();
            field.expect_untouched(apply_as_nobody(field), 13, {"it is in use by another program"});
            application.quit();
        }
        field.expect_updated(apply_as_nobody(field));
    }
}

TEST(Rights, RefusesADatabaseInWalModeOnAReadOnlyVolume) {
    NEEDS_ROOT();
    const TemporaryFolder folder;
    const Mount volume(folder / "stick", "size=64m,mode=755");
    NEEDS_MOUNT(volume);
    Installation field(folder / "stick/field", "1.0.0", 50);
    field.sql("PRAGMA journal_mode=WAL");
    field.remember();
    ASSERT_TRUE(volume.set_read_only(true));
    field.expect_untouched(field.apply(), 12, {"register.db: the volume is read-only"});
}

} // namespace
} // namespace lockstep
