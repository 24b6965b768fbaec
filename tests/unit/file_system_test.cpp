// The contract of updater/file_system.h. Every implementation has to pass it; what only one system has is
// skipped on the others with a message.
#include "updater/file_system.h"

#include "payload/digest.h"
#include "tests/support/temporary_folder.h"
#include "updater/process.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <system_error>
#include <thread>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// Wine has no links that a program for Windows could make or see: there the rest of the contract is tried.
#ifdef _WIN32
constexpr bool has_links = false;
#else
constexpr bool has_links = true;
#endif

// The system's words for an errno; for GetLastError()'s number on Windows.
std::string words(int posix, int windows) {
    std::string text = std::system_category().message(has_links ? posix : windows);
    return text.substr(0, text.find_last_not_of(" .\r\n") + 1);
}
const std::string exists_already = words(EEXIST, 183); // ERROR_ALREADY_EXISTS
const std::string no_such_file = words(ENOENT, 2);     // ERROR_FILE_NOT_FOUND

class FileSystemContract : public testing::Test {
  protected:
    void make(const std::string& path, std::string_view content = "content") {
        files.create(path, 0644)->write(bytes_of(content));
    }
    static void link(const std::string& target, const std::string& path) {
        if (has_links) fs::create_symlink(target, path);
    }
    std::string text(const std::string& path) const { return read_text(files, path, 1 << 20); }
    template <typename Call> std::string message(Call call) const { return message_of<Error>(call); }
    template <typename Call> Code code(Call call) const {
        try {
            call();
        } catch (const Error& error) {
            return error.code();
        }
        return Code::ok;
    }

    TemporaryFolder folder;
    FileSystem& files = system_files();
};

TEST_F(FileSystemContract, TellsWhatStandsAtAPathAndFollowsNoLink) {
    make(folder / "file", "12345");
    EXPECT_EQ(files.status(folder / "file")->kind, FileKind::file);
    EXPECT_EQ(files.status(folder / "file")->size, 5U);
    EXPECT_EQ(files.status(folder / "file")->names, 1U);
    EXPECT_EQ(files.status(folder.path())->kind, FileKind::folder);
    EXPECT_FALSE(files.status(folder / "absent"));
    EXPECT_FALSE(files.status(folder / "file/below"));
    if (!has_links) return;
    link("file", folder / "link");
    EXPECT_EQ(files.status(folder / "link")->kind, FileKind::link);
    EXPECT_EQ(files.link_target(folder / "link"), "file");
    EXPECT_EQ(files.real_path(folder / "link"), files.real_path(folder / "file"));
}

TEST_F(FileSystemContract, KeepsTheIdentityOfAFileThroughARename) {
    make(folder / "one");
    const FileStatus before = *files.status(folder / "one");
    files.rename(folder / "one", folder / "two");
    EXPECT_EQ(files.status(folder / "two")->id, before.id);
    EXPECT_EQ(files.status(folder / "two")->volume, before.volume);
    EXPECT_EQ(files.open(folder / "two")->status().id, before.id);
}

TEST_F(FileSystemContract, CreatesOnlyWhatIsNotThereWithExactlyTheMode) {
    const auto file = files.create(folder / "file", 0666);
    file->write(bytes_of("first "));
    file->write(bytes_of("second"));
    file->sync();
    EXPECT_EQ(text(folder / "file"), "first second");
#ifndef _WIN32
    EXPECT_EQ(files.status(folder / "file")->mode, 0666U) << "no umask off it";
#endif
    EXPECT_EQ(message([&] { files.create(folder / "file", 0600); }),
              "Could not create " + folder / "file" + ": " + words(EEXIST, 80)); // ERROR_FILE_EXISTS
    EXPECT_EQ(text(folder / "file"), "first second");
}

TEST_F(FileSystemContract, AppendsAtTheEndAndMakesWhatIsMissing) {
    files.append(folder / "log")->write(bytes_of("one\n"));
    files.append(folder / "log")->write(bytes_of("two\n"));
    EXPECT_EQ(text(folder / "log"), "one\ntwo\n");
}

TEST_F(FileSystemContract, SaysThatAFileIsShorterThanWhatWasAskedFor) {
    make(folder / "file", "12345");
    std::array<std::byte, 3> three{};
    EXPECT_EQ(message([&] { files.open(folder / "file")->read(3, three); }),
              "Could not read " + folder / "file" + ": the file ends too early");
}

TEST_F(FileSystemContract, OpensNoLinkAndNoFolder) {
    make(folder / "file");
    link("file", folder / "link");
    if (has_links) {
        EXPECT_EQ(message([&] { files.open(folder / "link"); }),
                  "Could not open " + folder / "link" + ": it is a link");
    }
    EXPECT_EQ(message([&] { files.open(folder.path()); }),
              "Could not open " + folder.path() + ": it is not a regular file");
    EXPECT_EQ(message([&] { files.open(folder / "absent"); }),
              "Could not open " + folder / "absent" + ": " + no_such_file);
}

TEST_F(FileSystemContract, OpensBelowAFolderThroughNoLink) {
    files.make_folders(folder / "root/a/b", 0755);
    make(folder / "root/a/b/file", "below");
    make(folder / "outside", "outside");
    link("a", folder / "root/link");
    link("../outside", folder / "root/out");
    const std::string root = folder / "root";
    std::string read(5, ' ');
    files.open_below(root, "a/b/file")->read(0, std::as_writable_bytes(std::span(read)));
    EXPECT_EQ(read, "below");
    if (has_links) {
        EXPECT_EQ(message([&] { files.open_below(root, "link/b/file"); }),
                  "Could not open " + root + "/link/b/file: " + root + "/link is a link");
        EXPECT_EQ(code([&] { files.open_below(root, "link/b/file"); }), Code::not_recognised);
        EXPECT_EQ(code([&] { files.open_below(root, "out"); }), Code::not_recognised);
    }
    for (const std::string escape : {"../outside", "a/../../outside", "/etc/passwd", "", "a//b", "./a"})
        EXPECT_EQ(code([&] { files.open_below(root, escape); }), Code::not_recognised) << escape;
}

// Windows holds the path itself: nobody can rename what is held.
TEST_F(FileSystemContract, HoldsAFolderWhateverItsPathLeadsToLater) {
    if (!has_links) GTEST_SKIP() << "Wine renames a folder that is held, and has no links";
    files.make_folders(folder / "root/a/b", 0755);
    make(folder / "root/a/b/file", "held");
    fs::create_symlink("file", folder / "root/a/b/link");
    fs::create_symlink("a", folder / "root/link");
    const std::string root = folder / "root";
    const auto held = files.hold_folder(root, "a/b");
    files.rename(root + "/a", root + "/moved");
    fs::create_symlink("nowhere", root + "/a");
    EXPECT_EQ(held->status("file")->size, 4U);
    EXPECT_EQ(held->status("link")->kind, FileKind::link);
    EXPECT_FALSE(held->status("absent"));
    EXPECT_EQ(sha256(*held->open("file")), sha256(bytes_of("held")));
    EXPECT_EQ(code([&] { held->open("link"); }), Code::not_recognised);
    EXPECT_TRUE(files.hold_folder(root, ".")->status("moved"));
    EXPECT_EQ(files.hold_folder(root, "absent/b"), nullptr);
    EXPECT_FALSE(files.hold_folder(root, "moved/b/file")->status("below a file"));
    EXPECT_EQ(message([&] { files.hold_folder(root, "link/b"); }),
              "Could not open " + root + "/link/b: " + root + "/link is a link");
}

TEST_F(FileSystemContract, RefusesLinksInWhateverExistsOfAPath) {
    files.make_folders(folder / "root/a", 0755);
    link("nowhere", folder / "root/a/link");
    const std::string root = folder / "root";
    EXPECT_EQ(message([&] { files.require_no_links(root, "a/new/file"); }), "");
    EXPECT_EQ(message([&] { files.require_no_links(root, "a"); }), "");
    if (!has_links) return;
    EXPECT_EQ(message([&] { files.require_no_links(root, "a/link"); }),
              "Could not open " + root + "/a/link: " + root + "/a/link is a link");
    EXPECT_EQ(code([&] { files.require_no_links(root, "a/link/file"); }), Code::not_recognised);
}

TEST_F(FileSystemContract, ListsTheNamesOfAFolderSorted) {
    for (const std::string name : {"b", "a", ".hidden"}) make(folder / name);
    EXPECT_EQ(files.names_in(folder.path()), (std::vector<std::string>{".hidden", "a", "b"}));
}

TEST_F(FileSystemContract, MakesFoldersAndRemovesOnlyEmptyOnes) {
    files.make_folders(folder / "a/b", 0750);
    files.make_folders(folder / "a/b", 0750);
    EXPECT_NE(message([&] { files.make_folder(folder / "a", 0755); }).find(exists_already),
              std::string::npos);
    EXPECT_NE(message([&] { files.remove_folder(folder / "a"); }).find(words(ENOTEMPTY, 145)),
              std::string::npos); // ERROR_DIR_NOT_EMPTY
    files.remove_folder(folder / "a/b");
    files.remove_folder(folder / "a/b");
    EXPECT_FALSE(files.status(folder / "a/b"));
}

TEST_F(FileSystemContract, RemovesNothingWhereThereIsNotEvenAFolder) {
    files.follow_no_link_below(folder.path());
    files.remove_tree(folder / "absent/tree");
    files.remove_file(folder / "absent/file");
    files.remove_folder(folder / "absent/folder");
    EXPECT_TRUE(files.names_in(folder.path()).empty());
}

TEST_F(FileSystemContract, RemovesATreeAndNothingThatItsLinksLeadTo) {
    files.make_folders(folder / "tree/read-only/deep", 0755);
    make(folder / "tree/read-only/file");
    make(folder / "kept");
    link("../kept", folder / "tree/link");
    link("..", folder / "tree/up");
    files.set_mode(folder / "tree/read-only", 0555);
    files.remove_tree(folder / "tree");
    EXPECT_EQ(files.names_in(folder.path()), std::vector<std::string>{"kept"});
    files.remove_tree(folder / "tree");
    files.remove_tree(folder / "kept");
    EXPECT_FALSE(files.status(folder / "kept"));
    files.remove_file(folder / "kept");
}

TEST_F(FileSystemContract, RemovesWhatIsNotThereBelowAGuardedRootToo) {
    files.follow_no_link_below(folder.path());
    files.remove_tree(folder / "absent/tree");
    files.remove_file(folder / "absent/file");
    files.remove_folder(folder / "absent/folder");
    EXPECT_EQ(files.names_in(folder.path()), std::vector<std::string>());
}

TEST_F(FileSystemContract, RenamesWithoutReplacing) {
    make(folder / "one", "1");
    make(folder / "two", "2");
    EXPECT_EQ(message([&] { files.rename(folder / "one", folder / "two"); }),
              "Could not rename " + folder / "one" + " to " + folder / "two" + ": " + exists_already);
    EXPECT_EQ(text(folder / "one") + text(folder / "two"), "12");
    files.replace(folder / "one", folder / "two");
    EXPECT_EQ(text(folder / "two"), "1");
    EXPECT_FALSE(files.status(folder / "one"));
}

TEST_F(FileSystemContract, ExchangesTwoNamesOrChangesNothing) {
    make(folder / "one", "1");
    make(folder / "two", "2");
    const bool exchanged = files.exchange(folder / "one", folder / "two");
    EXPECT_EQ(text(folder / "one") + text(folder / "two"), exchanged ? "21" : "12");
    EXPECT_EQ(exchanged, files.volume(folder.path()).type == "ext4" || exchanged) << "ext4 can do it";
}

TEST_F(FileSystemContract, DescribesTheVolume) {
    const VolumeStatus volume = files.volume(folder.path());
    EXPECT_GT(volume.free_bytes, 0U);
    EXPECT_FALSE(volume.type.empty());
    EXPECT_FALSE(volume.read_only);
    EXPECT_FALSE(volume.network);
    EXPECT_EQ(volume.unstable_ids, !volume.journaled) << "both are FAT's";
}

TEST_F(FileSystemContract, SyncsFoldersAndVolumes) {
    make(folder / "file");
    files.sync_folder(folder.path());
    files.sync_volume(folder.path());
    files.sync_volume(folder / "file");
    EXPECT_EQ(message([&] { files.sync_folder(folder / "absent"); }),
              "Could not write to the disk the folder " + folder / "absent" + ": " + no_such_file);
}

TEST_F(FileSystemContract, LocksAFolderForOneAtATime) {
    auto first = files.lock_folder(folder.path(), false);
    ASSERT_TRUE(first);
    EXPECT_FALSE(files.lock_folder(folder.path(), false));
    EXPECT_TRUE(files.names_in(folder.path()).empty()) << "no trace in the folder";
    std::unique_ptr<FolderLock> second;
    std::thread waiting([&] { second = files.lock_folder(folder.path(), true); });
    first.reset();
    waiting.join();
    EXPECT_TRUE(second);
}

TEST_F(FileSystemContract, WritesOldOrNewAndLeavesNothingElse) {
    write_durably(files, folder / "file", "old", 0640);
    make(folder / "file.new", "left over from a write that was cut off");
    write_durably(files, folder / "file", "new", 0640);
    EXPECT_EQ(text(folder / "file"), "new");
    EXPECT_EQ(files.names_in(folder.path()), std::vector<std::string>{"file"});
    files.make_folder(folder / "taken", 0755);
    EXPECT_NE(message([&] { write_durably(files, folder / "taken", "x", 0640); }), "");
    EXPECT_EQ(files.names_in(folder.path()), (std::vector<std::string>{"file", "taken"}));
}

TEST_F(FileSystemContract, CopiesContentAndTellsItsDigest) {
    const std::string content(3'000'000, 'x');
    make(folder / "from", content);
    EXPECT_EQ(copy_file(files, *files.open(folder / "from"), folder / "to", 0600), sha256(content));
    EXPECT_EQ(sha256(*files.open(folder / "to")), sha256(content));
    EXPECT_EQ(message([&] { read_text(files, folder / "to", 10); }),
              "Could not read " + folder / "to" + ": it has 3000000 bytes, and 10 is the most");
}

TEST(Paths, AreTakenApartAndPutTogether) {
    EXPECT_EQ(joined("/a", "b"), "/a/b");
    EXPECT_EQ(joined("/", "b"), "/b");
    EXPECT_EQ(joined("", "b"), "b");
    EXPECT_EQ(parent_of("/a/b"), "/a");
    EXPECT_EQ(parent_of("/a/b/"), "/a");
    EXPECT_EQ(parent_of("/a"), "/");
    EXPECT_EQ(parent_of("/"), "/");
    EXPECT_EQ(parent_of("a"), ".");
    EXPECT_EQ(name_of("/a/b"), "b");
    EXPECT_EQ(name_of("/a/b/"), "b");
    EXPECT_EQ(name_of("b"), "b");
    EXPECT_EQ(is_absolute("/a"), has_links) << "on Windows it has no drive";
    EXPECT_FALSE(is_absolute("a/b"));
}

} // namespace
} // namespace lockstep
