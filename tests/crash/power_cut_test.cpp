// The power is cut at every call that changes a file, on real file systems: what was not synced is lost,
// journals are replayed, and recovery gives exactly the old version or exactly the new one.
#include "tests/support/engine.h"
#include "tests/support/hooked_sqlite.h"
#include "tests/support/image_volume.h"
#include "tests/support/recovery_check.h"
#include "tests/support/sweep.h"

#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// The hooks cut the power before and after each call, SQLite's own among them. The engine itself goes on.
Arm cutting(const std::string& image, const std::string& copies) {
    return [=](HookedFiles& files) {
        const auto cuts = std::make_shared<PowerCuts>(image, copies);
        const auto at = [=](const std::string& side) {
            return [=](const SeamCall& call) { cuts->cut(side + call.name + " " + call.path); };
        };
        files.before = at("before ");
        files.after = at("after ");
        const auto in_sqlite = [=](const std::string& side) {
            return [hook = at(side + "SQLite's ")](const SeamCall& call) {
                if (changes_file(call)) hook(call);
                return 0;
            };
        };
        hook_sqlite(in_sqlite("before "), in_sqlite("after "));
    };
}

class OnImage : public ::testing::TestWithParam<VolumeKind> {
  protected:
    void SetUp() override {
        format_image(GetParam(), image_);
        const ImageVolume volume(GetParam(), image_, mounted_);
        if (!volume.why_not().empty()) GTEST_SKIP() << "it can't be mounted here: " << volume.why_not();
    }
    std::string folder_for(const std::string& name) const {
        fs::create_directories(folder_ / name);
        return folder_ / name;
    }

    TemporaryFolder folder_;
    std::string image_ = folder_ / "image";
    std::string mounted_ = folder_ / "mounted";
};

// What makes the sweep worth its time: a rename that wasn't synced is lost, one that was is there.
class PowerCutImage : public OnImage {
  protected:
    // The names in the volume after a power cut once `act` has run.
    std::vector<std::string> names_after(const std::function<void(FileSystem&)>& act) {
        {
            const ImageVolume volume(GetParam(), image_, mounted_);
            EXPECT_EQ(volume.why_not(), "");
            write_file(mounted_ + "/old", "content");
        }
        {
            const ImageVolume volume(GetParam(), image_, mounted_);
            EXPECT_EQ(volume.why_not(), "");
            act(system_files());
            copy_image(image_, folder_ / "cut");
        }
        const ImageVolume volume(GetParam(), folder_ / "cut", mounted_);
        EXPECT_EQ(volume.why_not(), "");
        EXPECT_EQ(read_file(mounted_ + "/old") + read_file(mounted_ + "/new"), "content");
        std::vector<std::string> names = system_files().names_in(mounted_);
        std::erase(names, "lost+found");
        return names;
    }
};

TEST_P(PowerCutImage, LacksARenameThatWasNotSynced) {
    const auto names =
        names_after([&](FileSystem& files) { files.rename(mounted_ + "/old", mounted_ + "/new"); });
    EXPECT_EQ(names, std::vector<std::string>{"old"});
}

TEST_P(PowerCutImage, HasARenameWhoseFolderWasSynced) {
    const auto names = names_after([&](FileSystem& files) {
        files.rename(mounted_ + "/old", mounted_ + "/new");
        files.sync_folder(mounted_);
    });
    EXPECT_EQ(names, std::vector<std::string>{"new"});
}

TEST_P(PowerCutImage, HasWhatSyncVolumeWrote) {
    const auto names = names_after([&](FileSystem& files) {
        files.make_folders(mounted_ + "/folder/deep", 0755);
        files.rename(mounted_ + "/old", mounted_ + "/new");
        files.sync_volume(mounted_);
    });
    EXPECT_EQ(names, (std::vector<std::string>{"folder", "new"}));
}

class PowerCutSweep : public OnImage {
  protected:
    // Every power cut of an update of 1.0.0 or a rollback of 1.1.0; and every one of the recovery from some
    // of them.
    void sweep(EngineCommand command) {
        {
            const ImageVolume volume(GetParam(), image_, mounted_);
            EXPECT_EQ(volume.why_not(), "");
            shop_.copy_to(command == EngineCommand::rollback, root());
        } // unmounting syncs
        RecoveryCheck check(shop_, command);
        Version reached = Version::before;
        int number = 0;
        for (const CutImage& cut : cut_through(command, image_, folder_for("cuts"))) {
            const bool recover_too = number++ % stride(8) == 0;
            if (recover_too) copy_image(cut.image, folder_ / "start");
            const Version version = checked(check, cut, command_);
            EXPECT_FALSE(reached == Version::after && version == Version::before) << cut.points.front();
            reached = version;
            if (recover_too) sweep_recovery(check, folder_ / "start", version);
            if (HasFailure()) return;
        }
        EXPECT_EQ(reached, Version::after) << "what was reported as done is lost";
        std::cout << "different images: " << images_ << "; continued from " << check.continued()
                  << " different states\n";
    }

    void sweep_recovery(RecoveryCheck& check, const std::string& start, Version wanted) {
        const std::string folder = folder_for("cuts in recovery");
        for (const CutImage& cut : cut_through(EngineCommand::recover, start, folder))
            if (!HasFailure()) {
                EXPECT_EQ(checked(check, cut, recovery_), wanted) << cut.points.front();
            }
        fs::remove_all(folder);
    }

    std::string root() const { return mounted_ + "/field"; }

    std::vector<CutImage> cut_through(EngineCommand command, const std::string& image,
                                      const std::string& folder) {
        const ImageVolume volume(GetParam(), image, mounted_);
        EXPECT_EQ(volume.why_not(), "");
        const Ran ran = run_engine(shop_.engine(command, root()), cutting(image, folder));
        EXPECT_EQ(ran.code, 0) << ran.err;
        return PowerCuts::images_in(folder);
    }

    Version checked(RecoveryCheck& check, const CutImage& cut, SweepCount& count) {
        SCOPED_TRACE("the power was cut " + cut.points.front() + " and up to " + cut.points.back());
        for (std::size_t i = 0; i < cut.points.size(); ++i) count.tried();
        ++images_;
        Version version = Version::before;
        {
            const ImageVolume volume(GetParam(), cut.image, mounted_);
            EXPECT_EQ(volume.why_not(), "");
            if (volume.why_not().empty()) {
                const Recovered recovered = check.recover_at(root());
                EXPECT_EQ(recovered.faults, "");
                version = recovered.version;
            }
        }
        fs::remove(cut.image);
        return version;
    }

    SwapWorkshop shop_;
    SweepCount command_{"power cut on " + name_of(GetParam())};
    SweepCount recovery_{"power cut in recovery on " + name_of(GetParam())};
    int images_ = 0; // that differ
};

TEST_P(PowerCutSweep, AnUpdateEndsOldOrNew) {
    sweep(EngineCommand::update);
    EXPECT_GE(command_.points(), 300);
    EXPECT_GE(recovery_.points(), 100);
    EXPECT_GE(images_, 30);
}

TEST_P(PowerCutSweep, ARollbackEndsNewOrOld) {
    sweep(EngineCommand::rollback);
    EXPECT_GE(command_.points(), 300);
    EXPECT_GE(recovery_.points(), 100);
    EXPECT_GE(images_, 30);
}

const auto volume_kinds = ::testing::Values(VolumeKind::ext4, VolumeKind::xfs, VolumeKind::btrfs);
std::string kind_name(const ::testing::TestParamInfo<VolumeKind>& info) {
    return name_of(info.param);
}
INSTANTIATE_TEST_SUITE_P(On, PowerCutImage, volume_kinds, kind_name);
INSTANTIATE_TEST_SUITE_P(On, PowerCutSweep, volume_kinds, kind_name);

} // namespace
} // namespace lockstep
