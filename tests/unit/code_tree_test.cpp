#include "packaging/code_tree.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "tests/unit/release_support.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace lockstep {
namespace {

std::string refusal(const ReleaseFolder& folder) {
    return message_of<Error>([&] { list_code(folder / "app-1.1.0", folder.release()); });
}

TEST(CodeTree, ListsFilesSortedWithHashAndPlainModes) {
    const ReleaseFolder folder;
    write_file(folder / "app-1.1.0/lib/a.txt", "a");
    write_file(folder / "app-1.1.0/lib-b.txt", "b");
    std::filesystem::permissions(folder / "app-1.1.0/lib/a.txt", std::filesystem::perms(0666));
    const CodeTree tree = list_code(folder / "app-1.1.0", folder.release());
    ASSERT_EQ(tree.files.size(), 3U);
    EXPECT_EQ(tree.files[0], (FileEntry{"clinic", 11, sha256("new program"), 0755}));
    EXPECT_EQ(tree.files[1].path, "lib-b.txt") << "'-' sorts before '/'";
    EXPECT_EQ(tree.files[2], (FileEntry{"lib/a.txt", 1, sha256("a"), 0644}));
}

TEST(CodeTree, KeepsPreservedFilesApart) {
    const ReleaseFolder folder;
    const CodeTree tree = list_code(folder / "app-1.1.0", folder.release());
    ASSERT_EQ(tree.preserved.size(), 1U);
    EXPECT_EQ(tree.preserved[0].path, "settings.ini");
    EXPECT_EQ(tree.files.size(), 1U);
}

TEST(CodeTree, NamesEmptyFolders) {
    const ReleaseFolder folder;
    std::filesystem::create_directories(folder / "app-1.1.0/spool/in");
    EXPECT_EQ(list_code(folder / "app-1.1.0", folder.release()).empty_folders,
              std::vector<std::string>{"spool/in"});
}

TEST(CodeTree, RefusesLinksAndSpecialFiles) {
    const ReleaseFolder folder;
    std::filesystem::create_symlink("clinic", folder / "app-1.1.0/link");
    EXPECT_NE(refusal(folder).find("app-1.1.0/link: it is a link; only files"), std::string::npos)
        << refusal(folder);
    std::filesystem::remove(folder / "app-1.1.0/link");
    ASSERT_EQ(::mkfifo((folder / "app-1.1.0/pipe").c_str(), 0600), 0);
    EXPECT_NE(refusal(folder).find("app-1.1.0/pipe: it is neither a file nor a folder"), std::string::npos);
}

TEST(CodeTree, RefusesPathsThatDoNotTravel) {
    const ReleaseFolder folder;
    write_file(folder / "app-1.1.0/aux.txt", "");
    EXPECT_NE(refusal(folder).find("app-1.1.0/aux.txt: its path "), std::string::npos) << refusal(folder);
    std::filesystem::remove(folder / "app-1.1.0/aux.txt");
    write_file(folder / "app-1.1.0/Clinic", "");
    EXPECT_NE(refusal(folder).find("'Clinic' and 'clinic' are one file"), std::string::npos)
        << refusal(folder);
}

TEST(CodeTree, RefusesADatabaseInTheCode) {
    for (const char* path : {"app-1.1.0/data/clinic.db", "app-1.1.0/data/clinic.db-wal", "app-1.1.0/data"}) {
        const ReleaseFolder folder;
        write_file(folder / path, "");
        EXPECT_NE(refusal(folder).find("a database is never part of the code"), std::string::npos) << path;
    }
}

} // namespace
} // namespace lockstep
