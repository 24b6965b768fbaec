// The main job, through the real executables: an update, what it leaves, and the way back.
#include "tests/support/workshop.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(MainJob, UpdatesCodeAndDataTogetherAndTakesBothBackToTheByte) {
    Workshop workshop;
    const std::string root = workshop.install("field");
    const Tree before = tree_of(root);
    const std::string people = sqlite(workshop.database(root), "SELECT id, name, place_id FROM person");

    const Ran applied =
        run({workshop.wrapped(workshop.bundle(workshop / "release-1.1.0.toml")), "--root", root});
    ASSERT_EQ(applied.code, 0) << applied.err;
    EXPECT_NE(applied.out.find("register was updated from version 1.0.0 to 1.1.0."), std::string::npos)
        << applied.out;
    EXPECT_EQ(read_file(root + "/lib/changed.txt"), "new in 1.1.0\n");
    EXPECT_EQ(read_file(root + "/new folder/ünï.txt"), "non-ASCII\n");
    EXPECT_FALSE(tree_of(root).contains("lib/removed.txt"));
    EXPECT_EQ(sqlite(workshop.database(root), "SELECT id, name, place_id FROM person"), people);
    EXPECT_EQ(sqlite(workshop.database(root), "SELECT DISTINCT status FROM person"), "active\n");
    EXPECT_EQ(workshop.update(root, {"status"}).out.find("register 1.1.0 in "), 0U);

    const Ran back = workshop.update(root, {"rollback"});
    ASSERT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root)), "");
}

} // namespace
} // namespace lockstep
