// Where an installation is and how it is found: names, paths, folders, modes.
#include "tests/support/attempt.h"
#include "tests/support/installation.h"
#include "tests/support/releases.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> trusted() {
    return {"--bundle", common_bundle(), "--trust", common_workshop() / "key.pub"};
}

Ran update_in(const std::string& folder, const std::string& executable, std::vector<std::string> words) {
    words.insert(words.begin(), executable);
    return run(words, folder);
}

// A release whose code files and database have names that need care.
std::string bundle_with_names(const std::string& database_path, const std::vector<std::string>& names) {
    Workshop& workshop = common_workshop();
    for (const std::string tree : {"names-old", "names-new"}) {
        fs::remove_all(workshop / tree);
        for (const std::string& name : names)
            write_file(workshop / (tree + "/" + name), tree + " of " + name);
    }
    const std::string release = workshop / "release-names.toml";
    write_file(
        release,
        "product = \"register\"\nversion = \"1.1.0\"\ncode = \"names-new\"\nmigrations = \"migrations\"\n"
        "[[previous]]\nversion = \"1.0.0\"\ncode = \"names-old\"\n"
        "samples = { main = [\"samples/register-1.0.0.db\"] }\n"
        "[[database]]\nname = \"main\"\npath = \"" +
            database_path + "\"\n");
    const std::string bundle = workshop / "næste udgave #1 (50%).bundle";
    fs::rename(workshop.bundle(release), bundle);
    return bundle;
}

// From 1.0.0, with the code of these folders.
std::string bundle_of_code(const std::string& name, const std::string& code, const std::string& previous_code,
                           const std::string& version, const std::string& more = {}) {
    Workshop& workshop = common_workshop();
    const std::string release = workshop / ("release-" + name + ".toml");
    write_file(release, "product = \"register\"\nversion = \"" + version + "\"\ncode = \"" + code +
                            "\"\nmigrations = \"migrations\"\n" + more +
                            "[[previous]]\nversion = \"1.0.0\"\ncode = \"" + previous_code +
                            "\"\nsamples = { main = [\"samples/register-1.0.0.db\"] }\n"
                            "[[database]]\nname = \"main\"\npath = \"data/register.db\"\n");
    return workshop.bundle(release);
}

TEST(InstallationPaths, MayHaveSpacesAndAnyLetters) {
    const std::string path = "data æøå/mit register #1 (50%) 日本.db";
    const std::vector<std::string> names{"lib/a b.txt", "lib/'quoted' \\\"no\\\".txt", "Ünï cödé/日本語.txt",
                                         "lib/100%25 #hash;semi&amp=.txt", "-dash"};
    std::vector<std::string> allowed{names[0], names[2], names[3], names[4]};
    const std::string bundle = bundle_with_names(path, allowed);
    const TemporaryFolder folder;
    const std::string root = folder / "Klinik Ærøskøbing #2 (50%)";
    fs::copy(common_workshop() / "names-old", root, fs::copy_options::recursive);
    fs::create_directories(root + "/data æøå");
    sqlite(root + "/" + path, register_schema("1.0.0") + register_rows("1.0.0", 30));
    const Tree before = tree_of(root);

    const Ran applied = common_workshop().apply(root, bundle);
    ASSERT_EQ(applied.code, 0) << applied.err;
    for (const std::string& name : allowed) EXPECT_EQ(read_file(root + "/" + name), "names-new of " + name);
    EXPECT_EQ(sqlite(root + "/" + path, "SELECT count(*) FROM person WHERE status='active'"), "30\n");
    const Ran back = common_workshop().update(root, {"rollback"});
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

TEST(InstallationPaths, MayHaveTheDatabaseInTheRootItself) {
    const std::string bundle = bundle_with_names("register.db", {"a.txt"});
    const TemporaryFolder folder;
    const std::string root = folder / "field";
    fs::copy(common_workshop() / "names-old", root, fs::copy_options::recursive);
    sqlite(root + "/register.db", register_schema("1.0.0") + register_rows("1.0.0", 30));
    const Tree before = tree_of(root);
    const Ran applied = common_workshop().apply(root, bundle);
    ASSERT_EQ(applied.code, 0) << applied.err;
    EXPECT_EQ(sqlite(root + "/register.db", "SELECT count(*) FROM person WHERE status='active'"), "30\n");
    const Ran back = common_workshop().update(root, {"rollback"});
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

// SQLite takes paths of 504 bytes. Longer ones are refused in words, also where only the backup's is too
// long.
TEST(InstallationPaths, MayBeVeryLong) {
    const std::string long_name = std::string(250, 'f');
    const std::string bundle = bundle_with_names("data/register.db", {long_name, "lib/" + long_name});
    for (const std::size_t length : {400U, 460U, 475U, 485U, 3000U}) {
        const TemporaryFolder folder;
        std::string root = folder.path();
        while (root.size() + 1 < length)
            root += "/" + std::string(std::min<std::size_t>(200, length - root.size() - 1), 'd');
        fs::create_directories(root);
        fs::copy(common_workshop() / "names-old", root, fs::copy_options::recursive);
        write_file(root + "/data/register.db", read_file(common_workshop() / "samples/register-1.0.0.db"));
        const Tree before = tree_of(root);
        const Ran applied = common_workshop().apply(root, bundle);
        if (length <= 460) {
            EXPECT_EQ(applied.code, 0) << applied.err;
            EXPECT_EQ(read_file(root + "/" + long_name), "names-new of " + long_name);
            EXPECT_EQ(common_workshop().update(root, {"rollback"}).code, 0);
            EXPECT_EQ(differences(before, tree_of(root)), "");
        } else {
            EXPECT_EQ(applied.code, 12) << length << applied.err;
            EXPECT_NE(applied.err.find("longer than the 504 bytes that SQLite takes"), std::string::npos)
                << length << applied.err;
            EXPECT_EQ(differences(before, tree_of(root, true)), "") << length;
        }
    }
}

TEST(InstallationRoot, MayBeRelative) {
    const Installation field;
    std::vector<std::string> words = trusted();
    words.insert(words.begin(), {"--root", "."});
    field.expect_updated(update_in(field.root(), built("update"), words));
    field.expect_rolled_back(
        update_in(field / "lib", built("update"),
                  {"--root", "../../" + fs::path(field.root()).filename().string(), "rollback"}));
}

TEST(InstallationRoot, MayBeALink) {
    const Installation field;
    const TemporaryFolder folder;
    fs::create_symlink(field.root(), folder / "link");
    field.expect_updated(common_workshop().apply(folder / "link", common_bundle()));
    field.expect_rolled_back(common_workshop().update(folder / "link", {"rollback"}));
}

TEST(InstallationRoot, IsFoundFromTheWorkingFolderAndFromTheExecutable) {
    const Installation field;
    // Never updated: nothing says that this is the root.
    field.expect_untouched(update_in(field / "lib", built("update"), trusted()), 2,
                           {"Say where the application is with --root FOLDER."});
    field.expect_updated(field.apply());
    const Ran status = update_in(field / "new folder", built("update"), {"status"});
    EXPECT_EQ(status.out.find("register 1.1.0 in " + field.root()), 0U) << status.out << status.err;

    fs::create_directory(field / "bin");
    fs::copy_file(built("update"), field / "bin/update");
    const Ran from_executable = update_in("/", field / "bin/update", {"status"});
    EXPECT_EQ(from_executable.out.find("register 1.1.0 in " + field.root()), 0U)
        << from_executable.out << from_executable.err;
    fs::remove_all(field / "bin");
    field.expect_rolled_back(update_in(field / "lib", built("update"), {"rollback"}));
}

TEST(InstallationRoot, IsFoundAmongTheReleasesLocations) {
    const Installation field;
    const std::string bundle =
        bundle_with("located", "locations = [\"/nowhere/register\", \"" + field.root() + "\"]\n");
    field.expect_updated(update_in("/", common_workshop().wrapped(bundle), {}));
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(InstallationRoot, MustBeAFolderThatExists) {
    const Installation field;
    const Ran missing = common_workshop().apply(field / "nowhere", common_bundle());
    EXPECT_EQ(missing.code, 2) << missing.err;
    EXPECT_NE(missing.err.find("nowhere"), std::string::npos) << missing.err;
    const Ran file = common_workshop().apply(field / "lib/same.txt", common_bundle());
    EXPECT_EQ(file.code, 2) << file.err;
    field.expect_untouched(file, 2, {"it is not a folder"});
}

TEST(InstallationFolders, GoWhereTheLastFileOfTheApplicationWentAndStayWhereTheUserHasOne) {
    Workshop& workshop = common_workshop();
    fs::copy(workshop / "app-1.0.0", workshop / "app-deep", fs::copy_options::recursive);
    write_file(workshop / "app-deep/old/deep/a.txt", "a");
    write_file(workshop / "app-deep/old/b.txt", "b");
    write_file(workshop / "app-deep/shared/c.txt", "c");
    fs::copy(workshop / "app-1.0.0", workshop / "app-flat", fs::copy_options::recursive);
    const std::string bundle =
        bundle_of_code("flat", "app-flat", "app-deep", "1.0.1", "entry_points = [\"app\"]\n");
    Installation field;
    for (const std::string path : {"old/deep/a.txt", "old/b.txt", "shared/c.txt"})
        write_file(field / path, read_file(workshop / ("app-deep/" + path)));
    write_file(field / "shared/mine.txt", "mine");
    fs::permissions(field / "old/deep", fs::perms(0750));
    field.remember();
    const Ran applied = field.apply(bundle, {});
    EXPECT_EQ(applied.code, 0) << applied.err;
    EXPECT_FALSE(fs::exists(field / "old"));
    EXPECT_FALSE(fs::exists(field / "shared/c.txt"));
    EXPECT_TRUE(fs::exists(field / "shared/mine.txt"));
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(InstallationModes, ChangeWhereOnlyTheModeIsAnother) {
    Workshop& workshop = common_workshop();
    fs::copy(workshop / "app-1.0.0", workshop / "app-mode", fs::copy_options::recursive);
    fs::permissions(workshop / "app-mode/lib/same.txt", fs::perms(0755));
    const std::string bundle = bundle_of_code("mode", "app-mode", "app-1.0.0", "1.0.1");
    const Installation field;
    const Ran applied = field.apply(bundle, {});
    EXPECT_EQ(applied.code, 0) << applied.err;
    EXPECT_NE(applied.out.find("updated from version 1.0.0 to 1.0.1"), std::string::npos) << applied.out;
    EXPECT_EQ(fs::status(field / "lib/same.txt").permissions(), fs::perms(0755));
    const Tree updated = tree_of(field.root(), true);
    const Ran again = field.apply(bundle, {});
    EXPECT_NE(again.out.find("is installed already"), std::string::npos) << again.out << again.err;
    EXPECT_EQ(differences(updated, tree_of(field.root(), true)), "");
    field.expect_rolled_back(field.update({"rollback"}));
}

// The code stays and the data changes: one version's code is the other's.
TEST(InstallationCode, MayBeTheSameInBothVersions) {
    const std::string bundle =
        bundle_of_code("data", "app-1.0.0", "app-1.0.0", "1.1.0", "entry_points = [\"app\"]\n");
    const Installation field;
    const Ran applied = field.apply(bundle, {});
    EXPECT_EQ(applied.code, 0) << applied.err;
    EXPECT_EQ(field.sql("SELECT DISTINCT status FROM person"), "active\n");
    const Ran again = field.apply(bundle, {});
    EXPECT_NE(again.out.find("is installed already"), std::string::npos) << again.out << again.err;
    field.expect_rolled_back(field.update({"rollback"}));
}

// The gate stands where the old version has its last one.
TEST(InstallationCode, MayDropTheLastEntryPoint) {
    Workshop workshop;
    fs::remove(workshop / "app-1.1.0/app");
    const std::string release = workshop.release("1.1.0", {"1.0.0"});
    replace_in(release, "entry_points = [\"app\"]\n", "");
    replace_in(release, "code = \"app-1.0.0\"", "code = \"app-1.0.0\"\nentry_points = [\"app\"]");
    const std::string bundle = workshop.bundle(release);
    const std::string root = workshop.install("field");
    const Tree before = tree_of(root);
    const Ran applied = workshop.apply(root, bundle);
    ASSERT_EQ(applied.code, 0) << applied.err;
    expect_says(applied.out, "updated from version 1.0.0 to 1.1.0");
    EXPECT_FALSE(fs::exists(root + "/app"));
    const Ran back = workshop.update(root, {"rollback"});
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

TEST(InstallationCode, MayBringTheFirstEntryPoint) {
    Workshop& workshop = common_workshop();
    fs::copy(workshop / "app-1.0.0", workshop / "app-text", fs::copy_options::recursive);
    fs::remove(workshop / "app-text/app");
    const std::string bundle =
        bundle_of_code("first", "app-1.0.0", "app-text", "1.0.1", "entry_points = [\"app\"]\n");
    Installation field;
    fs::remove(field / "app");
    field.remember();
    const Ran applied = field.apply(bundle, {});
    EXPECT_EQ(applied.code, 0) << applied.err;
    EXPECT_EQ(read_file(field / "app"), read_file(workshop / "app-1.0.0/app"));
    field.expect_rolled_back(field.update({"rollback"}));
}

} // namespace
} // namespace lockstep
