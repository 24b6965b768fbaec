#include "tests/support/old_then_new.h"

#include <gtest/gtest.h>

namespace lockstep {

void OldThenNew::expect_recovered(const std::string& root, const std::string& point) {
    SCOPED_TRACE(point);
    const Ran recovered = run_ ? run_(EngineCommand::recover, root) : shop_.recover(root);
    ASSERT_EQ(recovered.code, 0) << recovered.err;
    const Tree now = tree_of(root);
    if (now == to_ && arrived_at_.empty()) arrived_at_ = point;
    EXPECT_EQ(differences(arrived_at_.empty() ? from_ : to_, now), "");
    if (run_) return expect_there_and_back(root);
    expect_sound(shop_, root);
}

// From states that are alike it is tried once.
void OldThenNew::expect_there_and_back(const std::string& root) {
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
    if (!shop_.is_new(root)) return;
    const Ran next = run_(EngineCommand::update, root);
    EXPECT_EQ(next.code, 0) << next.err;
    EXPECT_EQ(differences(shop_.new_tree(), tree_of(root)), "");
    const Ran back = run_(EngineCommand::rollback, root);
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

void expect_sound(SwapWorkshop& shop, const std::string& root) {
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
    if (!shop.is_new(root)) return;
    const Ran next = shop.apply(root);
    EXPECT_EQ(next.code, 0) << next.err;
    EXPECT_EQ(differences(shop.new_tree(), tree_of(root)), "");
}

} // namespace lockstep
