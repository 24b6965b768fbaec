// Rights and who may get past them: copy_rights() and unsafe_folder() on Linux.
#include "tests/support/temporary_folder.h"
#include "updater/file_system.h"
#include "updater/process.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/xattr.h>

namespace lockstep {
namespace {

class Rights : public testing::Test {
  protected:
    void SetUp() override {
        files.create(from, 0600);
        files.create(to, 0644);
    }
    static void set(const std::string& path, const std::string& name, const std::string& value) {
        ASSERT_EQ(::lsetxattr(path.c_str(), name.c_str(), value.data(), value.size(), 0), 0);
    }
    static std::string attribute(const std::string& path, const std::string& name) {
        std::string value(200, '\0');
        const ssize_t size = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
        return size < 0 ? "absent" : value.substr(0, static_cast<std::size_t>(size));
    }

    TemporaryFolder folder;
    FileSystem& files = system_files();
    std::string from = folder / "from";
    std::string to = folder / "to";
};

TEST_F(Rights, AreCopiedWithTheirAttributesAndLeaveNoOthers) {
    files.set_mode(from, 0640);
    set(from, "user.clinic", "ward 3");
    set(to, "user.clinic", "another");
    set(to, "user.extra", "goes");
    files.copy_rights(from, to);
    EXPECT_EQ(files.status(to)->mode, 0640U);
    EXPECT_EQ(attribute(to, "user.clinic"), "ward 3");
    EXPECT_EQ(attribute(to, "user.extra"), "absent");
}

TEST_F(Rights, AreCopiedWithTheirAccessList) {
    // version 2; owner rw, user 1234 rw, group r, mask rw, others none: linux/posix_acl_xattr.h
    const std::string list("\x02\0\0\0"
                           "\x01\0\x06\0\xff\xff\xff\xff"
                           "\x02\0\x06\0\xd2\x04\0\0"
                           "\x04\0\x04\0\xff\xff\xff\xff"
                           "\x10\0\x06\0\xff\xff\xff\xff"
                           "\x20\0\0\0\xff\xff\xff\xff",
                           44);
    set(from, "system.posix_acl_access", list);
    files.copy_rights(from, to);
    EXPECT_EQ(attribute(to, "system.posix_acl_access"), list);
    EXPECT_EQ(files.status(to)->mode, 0660U);
    files.create(folder / "plain", 0600);
    files.copy_rights(folder / "plain", to);
    EXPECT_EQ(attribute(to, "system.posix_acl_access"), "absent");
    EXPECT_EQ(files.status(to)->mode, 0600U);
}

TEST_F(Rights, AreCopiedWithOwnerAndSetUserBit) {
    if (!is_privileged()) GTEST_SKIP() << "needs root, to give a file to somebody else";
    files.set_owner(from, 1234, 4321);
    files.set_mode(from, 04750);
    files.copy_rights(from, to);
    EXPECT_EQ(files.status(to)->owner, 1234U);
    EXPECT_EQ(files.status(to)->group, 4321U);
    EXPECT_EQ(files.status(to)->mode, 04750U);
}

TEST_F(Rights, AreNotGivenThroughALink) {
    std::filesystem::create_symlink("to", folder / "link");
    EXPECT_EQ(message_of<Error>([&] { files.copy_rights(from, folder / "link"); }),
              "Could not give the rights of " + from + " to " + folder / "link" + ": one of them is a link");
    EXPECT_EQ(files.status(to)->mode, 0644U);
}

class UnsafeFolder : public testing::Test {
  protected:
    void SetUp() override {
        if (!is_privileged()) GTEST_SKIP() << "asked by root only";
        files.make_folders(root + "/app", 0755);
    }
    TemporaryFolder folder; // owner only, in a sticky folder: as unsafe as /tmp is, which is fine
    FileSystem& files = system_files();
    std::string root = folder / "srv";
    std::string unsafe() { return files.unsafe_folder(root + "/app").value_or("safe"); }
};

TEST_F(UnsafeFolder, IsNoneWhereOnlyRootMayWrite) {
    EXPECT_EQ(unsafe(), "safe");
    files.set_mode(root, 0775);
    EXPECT_EQ(unsafe(), "safe") << "root's own group";
}

TEST_F(UnsafeFolder, IsOneThatBelongsToAnother) {
    files.set_owner(root, 54321, 0);
    EXPECT_EQ(unsafe(), root + " belongs to uid 54321, who could replace it");
    files.set_owner(root, 65534, 0);
    EXPECT_EQ(unsafe(), root + " belongs to nobody (uid 65534), who could replace it");
}

TEST_F(UnsafeFolder, IsOneThatAGroupOrEverybodyMayWriteTo) {
    files.set_owner(root, 0, 54321);
    files.set_mode(root, 0775);
    EXPECT_EQ(unsafe(), "the group gid 54321 may write to " + root);
    files.set_mode(root, 0757);
    EXPECT_EQ(unsafe(), "everybody may write to " + root);
}

TEST_F(UnsafeFolder, MayBeStickyOnTheWayButNotItself) {
    files.set_mode(root, 01777);
    EXPECT_EQ(unsafe(), "safe");
    files.set_owner(root + "/app", 54321, 0);
    EXPECT_EQ(unsafe(), root + "/app belongs to uid 54321, who could replace it");
    files.set_owner(root + "/app", 0, 0);
    files.set_mode(root + "/app", 01777);
    EXPECT_EQ(unsafe(), "everybody may write to " + root + "/app");
}

} // namespace
} // namespace lockstep
