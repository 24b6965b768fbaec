// A database's volume that isn't attached when recovery runs: nobody can tell then what stands there.
#include "tests/support/attempt.h"
#include "tests/support/engine.h"
#include "tests/support/mount.h"
#include "tests/support/other_user.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <stdexcept>
#include <sys/mount.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// A folder of another volume, attached to a place and taken away from it; its content stays.
class Attached {
  public:
    Attached(std::string folder, std::string place) : folder_(std::move(folder)), place_(std::move(place)) {
        fs::create_directories(folder_);
        fs::create_directories(place_);
        attach();
    }
    ~Attached() { ::umount2(place_.c_str(), MNT_DETACH); }
    Attached(const Attached&) = delete;
    Attached& operator=(const Attached&) = delete;
    void attach() const {
        if (::mount(folder_.c_str(), place_.c_str(), nullptr, MS_BIND, nullptr) != 0)
            throw std::runtime_error("can't be attached: " + place_);
    }
    void detach() const {
        if (::umount2(place_.c_str(), 0) != 0) throw std::runtime_error("can't be detached: " + place_);
    }

  private:
    std::string folder_, place_;
};

class DetachedVolume : public ::testing::Test {
  protected:
    void SetUp() override {
        NEEDS_ROOT();
        NEEDS_MOUNT(volume_);
    }
    static HookedFiles::Hook ends_at(const std::string& name, const std::string& path_end, int which = 1) {
        return [=, seen = 0](const SeamCall& call) mutable {
            if (call.name == name && call.path.ends_with(path_end) && ++seen == which) ::_exit(killed);
        };
    }
    void interrupt(const std::string& root, const HookedFiles::Hook& hook) {
        const Arm arm = [&](HookedFiles& files) { files.before = hook; };
        ASSERT_EQ(run_engine(shop_.engine(EngineCommand::update, root), arm).code, killed);
    }
    void expect_waits(const std::string& root, const std::string& folder) {
        for (int again = 0; again < 2; ++again)
            expect_refused(root, 50,
                           {folder, "may not be attached", "attach it, and run `update recover` again"},
                           [&] { return shop_.recover(root); });
        expect_refused(root, 50, {folder}, [&] { return shop_.apply(root); });
    }

    SwapWorkshop shop_{"DELETE", {}, false, LogDatabase::goes};
    TemporaryFolder stick_;
    Mount volume_{stick_ / "stick", "size=64m,mode=755"};
};

TEST_F(DetachedVolume, OfANewDatabaseIsWaitedForBeforeGoingBack) {
    const std::string root = shop_.fresh();
    const Attached history(stick_ / "stick/history", root + "/history");
    const Tree before = tree_of(root);
    interrupt(root, ends_at("rename", "/lib/added.txt"));
    ASSERT_TRUE(fs::exists(root + "/history/audit.db"));
    history.detach();
    expect_waits(root, root + "/history/.lockstep-1");
    history.attach();
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    expect_says(recovered.out, "was undone; version 1.0.0 is as it was.");
    EXPECT_EQ(differences(before, tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

TEST_F(DetachedVolume, OfANewDatabaseIsWaitedForWhenTheUpdateIsCommitted) {
    const std::string root = shop_.fresh();
    const Attached history(stick_ / "stick/history", root + "/history");
    interrupt(root, ends_at("exchange", "/app", 2)); // the gate is to go off
    history.detach();
    expect_waits(root, root + "/history/.lockstep-1");
    history.attach();
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    expect_says(recovered.out, "was completed.");
    EXPECT_EQ(differences(shop_.new_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

TEST_F(DetachedVolume, OfADatabaseThatGoesIsWaitedFor) {
    const std::string root = shop_.fresh();
    fs::create_directories(stick_ / "stick/data");
    fs::copy(root + "/data", stick_ / "stick/data");
    fs::remove_all(root + "/data");
    const Attached data(stick_ / "stick/data", root + "/data");
    interrupt(root, ends_at("rename", "/lib/added.txt"));
    data.detach();
    expect_waits(root, root + "/data/.lockstep-1");
    data.attach();
    const Ran recovered = shop_.recover(root);
    EXPECT_EQ(recovered.code, 0) << recovered.err;
    EXPECT_EQ(differences(shop_.old_tree(), tree_of(root)), "");
    EXPECT_EQ(SwapWorkshop::leftovers(root), "");
}

} // namespace
} // namespace lockstep
