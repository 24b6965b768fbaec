// A volume like a FAT, which knows a file by nothing but its content: an update may leave a file's content as
// it was.
#include "tests/support/engine.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class FatInstallation : public ::testing::Test {
  protected:
    // 1.0.1 changes a code file, the mode of another, and no database.
    FatInstallation() {
        fs::copy(workshop_ / "app-1.0.0", workshop_ / "app-1.0.1", fs::copy_options::recursive);
        write_file(workshop_ / "app-1.0.1/lib/changed.txt", "of 1.0.1\n");
        fs::permissions(workshop_ / "app-1.0.1/lib/same.txt", fs::perms(0755));
        root_ = workshop_.install("field");
        bundle_ = workshop_.bundle(workshop_.release("1.0.1", {"1.0.0"}));
    }
    Ran run_on_fat(EngineCommand command) {
        const EngineRun engine{.command = command,
                               .root = root_,
                               .bundle = bundle_,
                               .key = workshop_ / "key.pub",
                               .executable = {}};
        return run_engine(engine,
                          [](HookedFiles& files) { files.as_fat = true, files.can_exchange = false; });
    }

    Workshop workshop_;
    std::string root_;
    std::string bundle_;
};

TEST_F(FatInstallation, WhoseDatabaseStaysAsItIsIsUpdatedAndRolledBack) {
    const Tree before = tree_of(root_);
    const std::string database = read_file(workshop_.database(root_));
    const Ran updated = run_on_fat(EngineCommand::update);
    EXPECT_EQ(updated.code, 0) << updated.err;
    EXPECT_EQ(read_file(root_ + "/lib/changed.txt"), "of 1.0.1\n");
    EXPECT_EQ(read_file(workshop_.database(root_)), database);
    const Ran back = run_on_fat(EngineCommand::rollback);
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(before, tree_of(root_)), "");
}

} // namespace
} // namespace lockstep
