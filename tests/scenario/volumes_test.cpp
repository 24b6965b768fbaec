// Room, links and volumes.
#include "tests/support/installation.h"
#include "tests/support/mount.h"
#include "tests/support/other_user.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

Tree without_state(const Tree& tree) {
    Tree kept;
    for (const auto& [path, content] : tree)
        if (!path.starts_with(".lockstep")) kept.emplace(path, content);
    return kept;
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
    const Mount volume(folder / "stick", "size=40m,mode=755");
    NEEDS_MOUNT(volume);
    Installation field(folder / "stick/field", "1.0.0", 50);
    write_file(folder / "stick/photos", std::string(37 << 20, 'p'));
    field.expect_untouched(field.apply(), 12, {"MiB are needed and", "MiB are free", "Free some space"});
    fs::remove(folder / "stick/photos");
    field.expect_updated(field.apply());
}

// Updated, but for the tidying: with room again the next start does that, and the way back is there.
void expect_tidied(const Mount& volume, const Installation& field) {
    ASSERT_TRUE(volume.resize("nr_inodes=1000"));
    const Ran recovered = field.update({"recover"});
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_NE(recovered.out.find("from version 1.0.0 to 1.1.0 was completed"), std::string::npos)
        << recovered.out;
    EXPECT_TRUE(fs::is_empty(field / ".lockstep/work"));
    field.expect_rolled_back(field.update({"rollback"}));
}

// Room vanishes after the preflight: at each point of the run one more file can't be made.
TEST(Volumes, LeavesNothingBehindWhereverTheRoomEnds) {
    NEEDS_ROOT();
    for (int more = 0; more < 60; ++more) {
        const TemporaryFolder folder;
        const Mount volume(folder / "stick", "size=64m,mode=755,nr_inodes=" + std::to_string(10 + more));
        NEEDS_MOUNT(volume);
        const Installation field(folder / "stick/field", "1.0.0", 50);
        const Ran ran = field.apply();
        if (ran.code == 0) {
            EXPECT_GT(more, 10) << "the room never ended";
            return field.expect_updated(ran);
        }
        if (ran.code == 3) {
            EXPECT_NE(ran.out.find("Something is left to be tidied"), std::string::npos) << ran.out;
            expect_tidied(volume, field);
            continue;
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
    const Installation field("1.0.0", 40000);
    ASSERT_GT(fs::file_size(field.database()), 1200U << 10);
    field.expect_untouched(apply_with_limit(field, 200), 12, {"Could not write", "File too large"});
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
    const Mount volume(folder / "stick", "size=20m,mode=755");
    NEEDS_MOUNT(volume);
    const Installation field(folder / "stick/field", "1.0.0", 50);
    field.expect_untouched(field.apply(bundle, {}), 12, {"full"});
    const Mount data(folder / "other/data", "size=8m,mode=755");
    const Installation other(folder / "other", "1.0.0", 50);
    other.expect_untouched(other.apply(bundle, {}), 12, {"full"});
}

TEST(Volumes, LeavesNothingBehindWhereverTheRoomEndsOnTheVolumeOfTheDatabase) {
    NEEDS_ROOT();
    for (int more = 0; more < 20; ++more) {
        const TemporaryFolder folder;
        const Mount volume(folder / "field/data", "size=64m,mode=755,nr_inodes=" + std::to_string(2 + more));
        NEEDS_MOUNT(volume);
        const Installation field(folder / "field", "1.0.0", 50);
        const Ran ran = field.apply();
        if (ran.code == 0) {
            EXPECT_GT(more, 1) << "the room never ended";
            return field.expect_updated(ran);
        }
        field.expect_untouched(ran, 12, {"Free some space"});
    }
    FAIL() << "it never succeeded";
}

// The way back needs room as well; where it ends, the new version stays as it is.
TEST(Volumes, ChangesNothingWhereverTheRoomEndsOnTheWayBack) {
    NEEDS_ROOT();
    const TemporaryFolder folder;
    const Mount volume(folder / "stick", "size=64m,mode=755");
    NEEDS_MOUNT(volume);
    const Installation field(folder / "stick/field", "1.0.0", 50);
    field.expect_updated(field.apply());
    const Tree updated = tree_of(field.root());
    const auto used = fs::recursive_directory_iterator(folder / "stick");
    const auto inodes = std::distance(fs::begin(used), fs::end(used)) + 1;
    for (int more = 0; more < 40; ++more) {
        ASSERT_TRUE(volume.resize("nr_inodes=" + std::to_string(inodes + more)));
        const Ran ran = field.update({"rollback"});
        if (ran.code == 0 || ran.code == 3) {
            EXPECT_GT(more, 5) << "the room never ended";
            EXPECT_EQ(differences(without_state(field.before()), tree_of(field.root())), "");
            return;
        }
        EXPECT_TRUE(ran.code == 12 || ran.code == 30) << more << ran.err;
        EXPECT_EQ(differences(updated, tree_of(field.root())), "") << more << ran.err;
    }
    FAIL() << "it never succeeded";
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

} // namespace
} // namespace lockstep
