#include "tests/support/journey.h"

#include "tests/support/old_then_new.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <stdexcept>

namespace lockstep {

Journey update_journey(SwapWorkshop& shop) {
    return {EngineCommand::update, shop.old_tree(), shop.new_tree(), [&shop] { return shop.fresh(); }};
}

Journey rollback_journey(SwapWorkshop& shop) {
    return {EngineCommand::rollback, shop.new_tree(), shop.old_tree(), [&shop] { return shop.updated(); }};
}

int number_of_call(SwapWorkshop& shop, const std::string& name, const std::string& path_end) {
    const auto calls =
        calls_of(run_engine(shop.engine(EngineCommand::update, shop.fresh()), [](HookedFiles&) {}));
    const auto found = std::ranges::find_if(
        calls, [&](const SeamCall& call) { return call.name == name && call.path.ends_with(path_end); });
    if (found == calls.end()) throw std::runtime_error("never reached: " + name + " " + path_end);
    return found->number;
}

Journey recovery_journey(SwapWorkshop& shop, const std::string& name, const std::string& path_end) {
    const int number = number_of_call(shop, name, path_end);
    const auto interrupted = [&shop, number] {
        const std::string root = shop.fresh();
        run_engine(shop.engine(EngineCommand::update, root), kill_at(number, Side::after));
        return root;
    };
    const std::string root = interrupted();
    const Ran recovered = shop.recover(root);
    const Tree& end = tree_of(root) == shop.new_tree() ? shop.new_tree() : shop.old_tree();
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_EQ(differences(end, tree_of(root)), "");
    return {EngineCommand::recover, end, end, interrupted};
}

const char* name_of(Course course) {
    switch (course) {
    case Course::update:
        return "Update";
    case Course::rollback:
        return "Rollback";
    case Course::recovery_back:
        return "RecoveryBack";
    case Course::recovery_forward:
        break;
    }
    return "RecoveryForward";
}

Journey journey_on(Course course, SwapWorkshop& shop) {
    switch (course) {
    case Course::update:
        return update_journey(shop);
    case Course::rollback:
        return rollback_journey(shop);
    case Course::recovery_back:
        return recovery_journey(shop, "rename", "/lib/added.txt");
    case Course::recovery_forward:
        break;
    }
    return recovery_journey(shop, "rename", "/.lockstep/backups/1");
}

Arrival arrival_of(const Ran& ran) {
    if (ran.code == 0 || ran.code == 3) return Arrival::there;
    return ran.code == 50 || ran.code >= killed ? Arrival::undecided : Arrival::back;
}

Tree tree_at(const std::string& root) {
    Tree tree = tree_of(root);
    std::erase_if(tree, [&](const auto& entry) {
        const bool wal = entry.first.ends_with(".db-wal") && read_file(root + "/" + entry.first).empty();
        return wal || entry.first.ends_with(".db-shm");
    });
    return tree;
}

void expect_sound(SwapWorkshop& shop, const Journey& journey, const std::string& root, const Ran& ran) {
    const Arrival arrival = arrival_of(ran);
    // What an update leaves to tidy (3) may be a gate; a recovery that failed has yet to be made.
    if (ran.code == 0 || (arrival == Arrival::back && journey.command != EngineCommand::recover)) {
        EXPECT_EQ(differences(ran.code == 0 ? journey.to : journey.from, tree_at(root)), "")
            << "before recovery";
    }
    // As it was to the byte, without a trace: where the workshop itself began its update.
    if (arrival == Arrival::back && tree_of(root, true) == shop.old_tree()) return;
    const Ran recovered = shop.recover(root);
    ASSERT_EQ(recovered.code, 0) << recovered.err;
    const Tree now = tree_at(root);
    const bool there = arrival == Arrival::undecided ? now == journey.to : arrival == Arrival::there;
    EXPECT_EQ(differences(there ? journey.to : journey.from, now), "");
    expect_sound(shop, root);
}

} // namespace lockstep
