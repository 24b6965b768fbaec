// A volume that is full from any moment on, for real: the shipped executable is stopped after a call, another
// file takes all the room that is left, and it goes on. Writes are then cut short and fail; what stands
// written can be written over, and names can change: that much an undo may need, and no more.
#include "tests/support/mount.h"
#include "tests/support/old_then_new.h"
#include "tests/support/other_user.h"
#include "tests/support/sweep_outside.h"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <set>
#include <sys/statvfs.h>

namespace lockstep {
namespace {

constexpr int usual_stride = 12;

// While this lives, temporary folders are made there.
class TemporaryFoldersIn {
  public:
    explicit TemporaryFoldersIn(const std::string& folder) : before_(std::filesystem::temp_directory_path()) {
        ::setenv("TMPDIR", folder.c_str(), 1);
    }
    ~TemporaryFoldersIn() { ::setenv("TMPDIR", before_.c_str(), 1); }
    TemporaryFoldersIn(const TemporaryFoldersIn&) = delete;
    TemporaryFoldersIn& operator=(const TemporaryFoldersIn&) = delete;

  private:
    std::string before_;
};

class FullDiskOutside : public ::testing::TestWithParam<EngineCommand> {
  protected:
    void SetUp() override {
        NEEDS_ROOT();
        NEEDS_MOUNT(volume_);
        NEEDS_STRACE();
        const TemporaryFoldersIn here(volume_folder_ / "volume");
        workshop_ = std::make_unique<OutsideWorkshop>();
    }

    std::string filler() const { return volume_folder_ / "volume/filler"; }

    void fill() const {
        struct statvfs room {};
        ASSERT_EQ(::statvfs((volume_folder_ / "volume").c_str(), &room), 0);
        const int file = ::open(filler().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        const auto bytes = static_cast<off_t>(room.f_bfree * room.f_frsize);
        EXPECT_EQ(bytes == 0 ? 0 : ::posix_fallocate(file, 0, bytes), 0);
        ::close(file);
    }

    static std::set<int> allowed(int number, const Milestones& milestones) {
        if (number < milestones.gates_on) return {0, 3, 12, 30}; // what comes later may need no more room
        if (number <= milestones.commit) return {0, 3, 30};
        return {0, 3};
    }

    void try_point(int number, const SystemCall& call, const Milestones& milestones) {
        const EngineCommand command = GetParam();
        const std::string root = workshop_->fresh(command);
        const Disturbed full = run_stopped(workshop_->program(command, root), call, [&] { fill(); });
        SCOPED_TRACE("full after " + told(number, call, full.at));
        const int code = full.ran.code;
        ++codes_[code];
        EXPECT_NE(full.at, "") << "never reached";
        EXPECT_TRUE(allowed(number, milestones).contains(code)) << code << "\n" << full.ran.err;
        const bool arrived = code == 0 || code == 3;
        const Tree& end = arrived ? workshop_->after(command) : workshop_->before(command);
        EXPECT_EQ(differences(end, tree_of(root)), "") << full.ran.err;
        if (!arrived) {
            EXPECT_NE(full.ran.err.find("Could not "), std::string::npos) << full.ran.err;
            EXPECT_NE(full.ran.err.find(root), std::string::npos) << full.ran.err;
        }
        std::filesystem::remove(filler());
        OldThenNew watch(workshop_->shop(), end, end);
        watch.expect_recovered(root, "then recovered");
    }

    void TearDown() override {
        for (const auto& [code, times] : codes_) std::cout << "exit " << code << ": " << times << '\n';
    }

    TemporaryFolder volume_folder_;
    Mount volume_{volume_folder_ / "volume", "size=128m,mode=700"};
    std::unique_ptr<OutsideWorkshop> workshop_;
    std::map<int, int> codes_;
};

TEST_P(FullDiskOutside, FromAnyCallOnNeedsNobody) {
    const std::string name = GetParam() == EngineCommand::update ? "update" : "rollback";
    SweepCount count(name + " on a volume that is full from a call on");
    const auto calls = workshop_->calls_of(GetParam());
    const Milestones milestones = milestones_in(calls);
    for (const auto& [number, call] : part_of(points_that_change(calls), stride(usual_stride), 0, 1)) {
        try_point(number, call, milestones);
        count.tried();
    }
    EXPECT_GE(count.points(), 200 / stride(usual_stride));
    EXPECT_TRUE(codes_.contains(12)) << "it was never full before the swap";
}

INSTANTIATE_TEST_SUITE_P(Commands, FullDiskOutside,
                         ::testing::Values(EngineCommand::update, EngineCommand::rollback),
                         [](const auto& tested) {
                             return tested.param == EngineCommand::update ? "Update" : "Rollback";
                         });

} // namespace
} // namespace lockstep
