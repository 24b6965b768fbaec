// What is installed, recognised by its code: what isn't known is refused, named, and left as it is.
#include "tests/support/installation.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

TEST(Recognition, RefusesCodeThatWasChangedAndNamesIt) {
    Installation field;
    write_file(field / "lib/changed.txt", "changed by hand\n");
    field.remember();
    field.expect_untouched(field.apply(), 10,
                           {"nearest to version 1.0.0, but was changed:", "lib/changed.txt was changed",
                            "exactly as they were"});
    field.expect_untouched(field.apply({"check"}), 10, {"lib/changed.txt was changed"});
}

TEST(Recognition, SetsAsideCodeThatWasChangedAndBringsItBack) {
    Installation field;
    write_file(field / "lib/changed.txt", "changed by hand\n", 0600);
    write_file(field / "lib/removed.txt", "this too\n");
    field.remember();
    const std::string people = field.people();
    const Ran applied = field.apply(common_whole_bundle(), {"--set-aside-local-changes"});
    field.expect_updated(applied);
    EXPECT_NE(applied.out.find("lib/changed.txt was changed; it is kept with the backup"), std::string::npos)
        << applied.out;
    EXPECT_EQ(field.people(), people);
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(Recognition, SetsAsideWhereTheReleaseSaysSo) {
    Installation field;
    write_file(field / "app", "not a program any more\n", 0755);
    field.remember();
    field.expect_untouched(field.apply(), 10, {"app was changed"});
    const std::string bundle = bundle_with("set-aside", "on_local_change = \"set-aside\"\n");
    field.expect_updated(field.apply(bundle, {}));
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(Recognition, RefusesAMissingFileAndSetsThatAside) {
    Installation field;
    fs::remove(field / "lib/same.txt");
    fs::remove(field / "lib/removed.txt");
    field.remember();
    field.expect_untouched(field.apply(), 10, {"lib/same.txt is missing", "lib/removed.txt is missing"});
    field.expect_updated(field.apply(common_whole_bundle(), {"--set-aside-local-changes"}));
    EXPECT_EQ(read_file(field / "lib/same.txt"), "the same in all\n");
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(Recognition, RefusesAMissingEntryPointAndSetsThatAside) {
    Installation field;
    fs::remove(field / "app");
    field.remember();
    field.expect_untouched(field.apply(), 10, {"app is missing"});
    field.expect_updated(field.apply(common_whole_bundle(), {"--set-aside-local-changes"}));
    EXPECT_TRUE(fs::exists(field / "app"));
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(Recognition, RefusesTheUsersOwnFileWhereTheNewVersionPutsOneAndSetsThatAside) {
    Installation field;
    write_file(field / "lib/added.txt", "my own notes\n", 0640);
    write_file(field / "new folder/ünï.txt", "mine as well\n");
    field.remember();
    field.expect_untouched(field.apply(), 10,
                           {"lib/added.txt is a file of your own where version 1.1.0 puts one",
                            "new folder/ünï.txt is a file of your own"});
    field.expect_updated(field.apply(common_whole_bundle(), {"--set-aside-local-changes"}));
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(Recognition, RefusesAFolderOrALinkWhereAFileBelongs) {
    for (const std::string path : {"lib/changed.txt", "lib/added.txt"}) {
        Installation field;
        fs::remove(field / path);
        fs::create_directory(field / path);
        write_file(field / (path + "/inside"), "kept\n");
        field.remember();
        field.expect_untouched(field.apply({"--set-aside-local-changes"}), 10, {path});
        fs::remove_all(field / path);
        fs::create_symlink("/etc/passwd", field / path);
        field.remember();
        field.expect_untouched(field.apply({"--set-aside-local-changes"}), 10, {path});
    }
}

TEST(Recognition, RefusesAFolderThatIsALinkOrAFile) {
    Installation linked;
    fs::rename(linked / "lib", linked / "elsewhere");
    fs::create_symlink("elsewhere", linked / "lib");
    linked.remember();
    linked.expect_untouched(linked.apply({"--set-aside-local-changes"}), 10, {"lib"});

    Installation file;
    write_file(file / "new folder", "a file of that name\n");
    file.remember();
    file.expect_untouched(file.apply({"--set-aside-local-changes"}), 10,
                          {"new folder", "a file of that name is there"});
}

TEST(Recognition, NamesTheFirstTwentyDifferencesOfAnUnknownRevision) {
    Workshop& workshop = common_workshop();
    for (int i = 0; i < 30; ++i) {
        const std::string name = "many/" + std::to_string(100 + i);
        write_file(workshop / ("app-many/" + name), "content " + name);
        write_file(workshop / ("app-many-next/" + name), "content " + name);
    }
    for (const std::string tree : {"app-many", "app-many-next"})
        fs::copy(workshop / "app-1.0.0", workshop / tree, fs::copy_options::recursive);
    write_file(workshop / "app-many-next/lib/changed.txt", "new\n");
    const std::string release = workshop / "release-many.toml";
    write_file(
        release,
        "product = \"register\"\nversion = \"1.0.1\"\ncode = \"app-many-next\"\n[[previous]]\n"
        "version = \"1.0.0\"\ncode = \"app-many\"\nsamples = { main = [\"samples/register-1.0.0.db\"] }\n"
        "[[database]]\nname = \"main\"\npath = \"data/register.db\"\n");
    const Installation field;
    const Ran ran = field.apply(workshop.bundle(release), {});
    field.expect_untouched(ran, 10, {"many/100 is missing", "many/119 is missing", "and 10 more"});
    EXPECT_EQ(ran.err.find("many/120 is missing"), std::string::npos) << ran.err;
}

TEST(Recognition, LeavesWhatIsUpToDateAlone) {
    Installation field;
    field.expect_updated(field.apply());
    field.remember();
    field.expect_untouched(field.apply(), 0, {"Version 1.1.0 is installed already. Nothing was changed."});
    const Installation fresh("1.1.0");
    fresh.expect_untouched(fresh.apply(), 0, {"Version 1.1.0 is installed already."});
}

// The version is right, a file of it is not: the same update repairs it, and keeps what it replaced.
TEST(Recognition, RepairsAChangedFileOfTheVersionThatIsInstalled) {
    Installation field("1.1.0");
    write_file(field / "lib/changed.txt", "changed by hand\n");
    write_file(field / "app", "damaged\n", 0755);
    field.remember();
    field.expect_untouched(field.apply(), 10, {"nearest to version 1.1.0", "lib/changed.txt was changed"});
    const Ran applied = field.apply(common_whole_bundle(), {"--set-aside-local-changes"});
    EXPECT_EQ(applied.code, 0) << applied.err;
    EXPECT_EQ(read_file(field / "lib/changed.txt"), "new in 1.1.0\n");
    EXPECT_EQ(read_file(field / "app"), read_file(common_workshop() / "app-1.1.0/app"));
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(Recognition, KeepsThePreservedAndTheUnnamedFilesOfTheUser) {
    Installation field;
    write_file(field / "settings.ini", "language = da\n", 0600);
    write_file(field / "photos/næste år.jpg", "a photo");
    write_file(field / "lib/own.txt", "beside the application's\n");
    write_file(field / "data/export.csv", "1;2;3\n");
    fs::create_symlink("photos", field / "link to photos");
    fs::create_directory(field / "empty");
    field.remember();
    field.expect_updated(field.apply());
    const Tree after = tree_of(field.root());
    for (const std::string path : {"settings.ini", "photos", "photos/næste år.jpg", "lib/own.txt",
                                   "data/export.csv", "link to photos", "empty"})
        EXPECT_EQ(after.at(path), field.before().at(path)) << path;
    field.expect_rolled_back(field.update({"rollback"}));
}

TEST(Recognition, ShipsAPreservedFileOnlyWhereItIsAbsent) {
    const Installation field;
    field.expect_updated(field.apply());
    EXPECT_EQ(read_file(field / "settings.ini"), "language = en\n");
    field.expect_rolled_back(field.update({"rollback"}));
}

// A preserved file that came with the update and was changed since is the user's: a rollback keeps it.
TEST(Recognition, KeepsAPreservedFileThatWasChangedSinceTheUpdate) {
    const Installation field;
    field.expect_updated(field.apply());
    write_file(field / "settings.ini", "language = da\n");
    const Ran back = field.update({"rollback"});
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(read_file(field / "settings.ini"), "language = da\n");
    fs::remove(field / "settings.ini");
    EXPECT_EQ(differences(field.before(), tree_of(field.root())), "");
}

} // namespace
} // namespace lockstep
