// An error in the swap, and another one in what follows from it.
#include "tests/support/engine.h"
#include "tests/support/sweep.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

// One error in the swap, and one more in what follows from it: recovery looks at the disk once more before a
// person is asked for.
TEST(FailingUndo, LooksAtTheDiskOnceMore) {
    SwapWorkshop shop;
    SweepCount count("errors in a swap and in its undo");
    const auto whole =
        calls_of(run_engine(shop.engine(EngineCommand::update, shop.fresh()), [](HookedFiles&) {}));
    const auto swapped = std::ranges::find_if(whole, [](const SeamCall& call) {
        return call.name == "sync_folder" && call.path.ends_with("/lib");
    });
    ASSERT_NE(swapped, whole.end());
    for (int later = 1; !::testing::Test::HasFailure(); ++later) {
        const std::string root = shop.fresh();
        const Ran ran = run_engine(shop.engine(EngineCommand::update, root), [&](HookedFiles& files) {
            files.before = [&](const SeamCall& call) {
                if (call.number == swapped->number || call.number == swapped->number + later)
                    throw Error(Code::internal_error, call.name, call.path, "Input/output error");
            };
        });
        if (calls_of(ran).back().number < swapped->number + later) break;
        SCOPED_TRACE("the second one " + std::to_string(later) + " calls later");
        EXPECT_EQ(ran.code, 30) << ran.err;
        EXPECT_EQ(differences(shop.old_tree(), tree_of(root)), "");
        EXPECT_EQ(shop.recover(root).code, 0);
        EXPECT_EQ(SwapWorkshop::leftovers(root), "");
        count.tried();
    }
    EXPECT_GE(count.points(), 15);
}

} // namespace
} // namespace lockstep
