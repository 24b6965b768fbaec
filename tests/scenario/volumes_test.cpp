// Room, rights, links and volumes.
#include "tests/support/installation.h"
#include "tests/support/mount.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

#define NEEDS_ROOT()                                                                                         \
    if (::geteuid() != 0) GTEST_SKIP() << "only root may mount volumes and become another user"
#define NEEDS_MOUNT(mount)                                                                                   \
    if (!(mount).mounted()) GTEST_SKIP() << "no volume can be mounted here"

const std::string nobody = "65534";

Ran as_nobody(std::vector<std::string> argv) {
    argv.insert(argv.begin(), {"setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups"});
    return run(argv, "/");
}

Ran apply_as_nobody(const Installation& field, const std::vector<std::string>& words = {}) {
    std::vector<std::string> argv{built("update"),
                                  "--root",
                                  field.root(),
                                  "--bundle",
                                  common_bundle(),
                                  "--trust",
                                  common_workshop() / "key.pub"};
    argv.insert(argv.end(), words.begin(), words.end());
    return as_nobody(argv);
}

void give_to_nobody(const std::string& path) {
    ASSERT_EQ(run({"chown", "-R", nobody + ":" + nobody, path}).code, 0);
}

Tree without_state(const Tree& tree) {
    Tree kept;
    for (const auto& [path, content] : tree)
        if (!path.starts_with(".lockstep")) kept.emplace(path, content);
    return kept;
}

class InFolder {
  public:
    InFolder() { fs::permissions(folder_.path(), fs::perms(0755)); }
    std::string operator/(const std::string& name) const { return folder_ / name; }

  private:
    TemporaryFolder folder_;
};

TEST(Volumes, RefusesAnInstallationThatThisUserMayNotWriteTo) {
    NEEDS_ROOT();
    const InFolder folder;
    const Installation field(folder / "field", "1.0.0", 50);
    field.expect_untouched(apply_as_nobody(field), 12,
                           {"field", "Free some space, or start the update as someone who may write there"});
    field.expect_untouched(apply_as_nobody(field, {"check"}), 12, {"field"});
}

// A whole update by the installation's owner, who is not root; what was the owner's stays the owner's.
TEST(Volumes, UpdatesAsTheOwnerOfTheInstallation) {
    NEEDS_ROOT();
    const InFolder folder;
    Installation field(folder / "field", "1.0.0", 50);
    give_to_nobody(field.root());
    fs::permissions(field.database(), fs::perms(0600));
    field.remember();
    const std::string people = field.people();
    field.expect_updated(apply_as_nobody(field));
    EXPECT_EQ(field.people(), people);
    for (const auto& [path, content] : tree_of(field.root(), true))
        EXPECT_NE(content.find(" 65534:65534 "), std::string::npos) << path;
    field.expect_rolled_back(as_nobody({built("update"), "--root", field.root(), "rollback"}));
}

TEST(Volumes, RefusesAReadOnlyVolume) {
    NEEDS_ROOT();
    const TemporaryFolder folder;
    const Mount volume(folder / "stick", "size=64m,mode=755");
    NEEDS_MOUNT(volume);
    const Installation field(folder / "stick/field", "1.0.0", 50);
    ASSERT_TRUE(volume.set_read_only(true));
    field.expect_untouched(field.apply(), 12, {"the volume is read-only"});
    field.expect_untouched(field.apply({"check"}), 12, {"the volume is read-only"});
    ASSERT_TRUE(volume.set_read_only(false));
    field.expect_updated(field.apply());
    ASSERT_TRUE(volume.set_read_only(true));
    EXPECT_EQ(field.apply().code, 0) << "there is nothing to write where the version is installed already";
}

TEST(Volumes, RefusesAFullVolumeBeforeItBegins) {
    NEEDS_ROOT();
    const TemporaryFolder folder;
    const Mount volume(folder / "stick", "size=8m,mode=755");
    NEEDS_MOUNT(volume);
    Installation field(folder / "stick/field", "1.0.0", 50);
    write_file(folder / "stick/photos", std::string(7 << 20, 'p'));
    field.expect_untouched(field.apply(), 12, {"MiB are needed and", "MiB are free", "Free some space"});
    fs::remove(folder / "stick/photos");
    field.expect_updated(field.apply());
}

// Room vanishes after the preflight: at each point of the run one more file can't be made.
TEST(Volumes, LeavesNothingBehindWhereverTheRoomEnds) {
    NEEDS_ROOT();
    for (int more = 0; more < 60; ++more) {
        const TemporaryFolder folder;
        const Mount volume(folder / "stick", "size=64m,mode=755,nr_inodes=" + std::to_string(14 + more));
        NEEDS_MOUNT(volume);
        const Installation field(folder / "stick/field", "1.0.0", 50);
        const Ran ran = field.apply();
        if (ran.code == 0) {
            EXPECT_GT(more, 10) << "the room never ended";
            return field.expect_updated(ran);
        }
        if (ran.code == 30)
            EXPECT_EQ(differences(without_state(field.before()), tree_of(field.root())), "")
                << more << ran.err;
        else
            field.expect_untouched(ran, 12, {});
    }
    FAIL() << "it never succeeded";
}

// A file may grow to `kib` and no further: what is written beyond that fails, as on a full volume.
Ran apply_with_limit(const Installation& field, int kib) {
    return run({"sh", "-c", "trap '' XFSZ; exec prlimit --fsize=" + std::to_string(kib * 1024) + " \"$@\"",
                "sh", built("update"), "--root", field.root(), "--bundle", common_bundle(), "--trust",
                common_workshop() / "key.pub"});
}

TEST(Volumes, LeavesNothingBehindWhereStagingOrTheCopyCannotBeWritten) {
    const Installation field("1.0.0", 30000);
    ASSERT_GT(fs::file_size(field.database()), 1200U << 10);
    field.expect_untouched(apply_with_limit(field, 200), 12, {"write to"});
    field.expect_untouched(apply_with_limit(field, 1000), 12, {"main.db"});
}

// The rehearsal saw small databases: this one grows to more than the volume holds.
TEST(Volumes, LeavesNothingBehindWhereTheMigrationFillsTheVolume) {
    NEEDS_ROOT();
    Workshop& workshop = common_workshop();
    write_file(workshop / "growing/1.1.0/all.sql",
               "ALTER TABLE person ADD COLUMN status TEXT NOT NULL DEFAULT 'active';\n"
               "CREATE TABLE photo(data BLOB);\n"
               "INSERT INTO photo SELECT randomblob(1000000) FROM person WHERE id > 10;\n");
    std::string text = read_file(workshop / "release-1.1.0.toml");
    text.replace(text.find("\"migrations\""), 12, "\"growing\"");
    write_file(workshop / "release-growing.toml", text);
    const std::string bundle = workshop.bundle(workshop / "release-growing.toml");
    const TemporaryFolder folder;
    const Mount volume(folder / "stick", "size=16m,mode=755");
    NEEDS_MOUNT(volume);
    const Installation field(folder / "stick/field", "1.0.0", 50);
    field.expect_untouched(field.apply(bundle, {}), 12, {"full"});
    const Mount data(folder / "other/data", "size=8m,mode=755");
    const Installation other(folder / "other", "1.0.0", 50);
    other.expect_untouched(other.apply(bundle, {}), 12, {"full"});
}

TEST(Volumes, UpdatesADatabaseOnAnotherVolumeAndTakesItBack) {
    NEEDS_ROOT();
    const TemporaryFolder folder;
    const Mount volume(folder / "field/data", "size=64m,mode=755");
    NEEDS_MOUNT(volume);
    const Installation field(folder / "field", "1.0.0", 2000);
    const std::string people = field.people();
    field.expect_untouched(field.apply({"check"}), 0, {"would succeed"});
    field.expect_updated(field.apply());
    EXPECT_EQ(field.people(), people);
    for (const auto& [path, content] : tree_of(field.root(), true))
        EXPECT_FALSE(path.starts_with("data/.lockstep")) << path;
    field.expect_rolled_back(field.update({"rollback"}));
    for (const auto& [path, content] : tree_of(field.root(), true))
        EXPECT_FALSE(path.starts_with("data/.lockstep")) << path;
}

TEST(Volumes, RefusesAFullVolumeOfTheDatabase) {
    NEEDS_ROOT();
    const TemporaryFolder folder;
    const Mount volume(folder / "field/data", "size=1m,mode=755");
    NEEDS_MOUNT(volume);
    Installation field(folder / "field", "1.0.0", 5000);
    write_file(field / "data/photos", std::string(700 << 10, 'p'));
    field.remember();
    field.expect_untouched(field.apply(), 12, {"find room on the volume of", "data"});
}

TEST(Volumes, RefusesADatabaseThatIsALink) {
    Installation field;
    fs::rename(field.database(), field / "real.db");
    fs::create_symlink("../real.db", field.database());
    field.remember();
    field.expect_untouched(field.apply(), 10, {"register.db", "is a symbolic link"});
}

TEST(Volumes, RefusesADatabaseInAFolderThatIsALink) {
    Installation field;
    fs::rename(field / "data", field / "real data");
    fs::create_symlink("real data", field / "data");
    field.remember();
    field.expect_untouched(field.apply(), 10, {"data"});
}

TEST(Volumes, RefusesADatabaseWithSeveralNames) {
    Installation field;
    fs::create_hard_link(field.database(), field / "second name.db");
    field.remember();
    field.expect_untouched(field.apply(), 10, {"register.db", "2 names (hard links)"});
}

TEST(Volumes, RefusesAFolderThatOthersCouldReplaceWhereItRunsAsRoot) {
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

} // namespace
} // namespace lockstep
