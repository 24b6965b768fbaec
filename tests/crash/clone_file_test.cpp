// A copy that shares its blocks with the original where the volume can: one's later writes are not the
// other's.
#include "tests/support/image_volume.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tree.h"
#include "updater/file_system.h"

#include <cstdint>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace lockstep {
namespace {

const std::string content(300'000, 'a');

void overwrite_beginning(const std::string& path) {
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary) << "other";
}

class CloneFile : public ::testing::TestWithParam<VolumeKind> {};

TEST_P(CloneFile, IsACopyOfItsOwn) {
    const TemporaryFolder folder;
    format_image(GetParam(), folder / "image");
    const ImageVolume volume(GetParam(), folder / "image", folder / "mounted");
    if (!volume.why_not().empty()) GTEST_SKIP() << volume.why_not();
    FileSystem& files = system_files();
    const std::string from = volume.folder() + "/from";
    write_file(from, content);
    const auto empty = files.create(volume.folder() + "/shared", 0600);
    EXPECT_EQ(empty->share_blocks_of(*files.open(from)), GetParam() != VolumeKind::ext4);
    for (const std::string changed : {"/from", "/to"}) {
        files.remove_file(volume.folder() + "/to");
        write_file(from, content);
        clone_or_copy_file(files, from, volume.folder() + "/to", 0640);
        EXPECT_EQ(files.status(volume.folder() + "/to")->mode, 0640U);
        EXPECT_EQ(read_file(volume.folder() + "/to"), content);
        overwrite_beginning(volume.folder() + changed);
        EXPECT_EQ(read_file(from) == content, changed == "/to");
        EXPECT_EQ(read_file(volume.folder() + "/to") == content, changed == "/from");
    }
}

INSTANTIATE_TEST_SUITE_P(On, CloneFile,
                         ::testing::Values(VolumeKind::ext4, VolumeKind::xfs, VolumeKind::btrfs),
                         [](const auto& kind) { return name_of(kind.param); });

} // namespace
} // namespace lockstep
