#include "updater/posix_files.h"

#include <array>
#include <cstdio>
#include <sys/statvfs.h>
#include <sys/vfs.h>

namespace lockstep {
namespace {

enum class Trait { plain, network, fat };

struct VolumeType {
    unsigned long magic;
    const char* name;
    Trait trait;
};

// linux/magic.h and statfs(2). A network volume behind FUSE (sshfs) can't be told from any other FUSE volume
// here.
constexpr std::array<VolumeType, 23> types{{
    {0xEF53, "ext4", Trait::plain},         {0x58465342, "xfs", Trait::plain},
    {0x9123683E, "btrfs", Trait::plain},    {0xF2F52010, "f2fs", Trait::plain},
    {0x2FC12FC1, "zfs", Trait::plain},      {0xCA451A4E, "bcachefs", Trait::plain},
    {0x7366746E, "ntfs3", Trait::plain},    {0x5346544E, "ntfs", Trait::plain},
    {0x01021994, "tmpfs", Trait::plain},    {0x858458F6, "ramfs", Trait::plain},
    {0x794C7630, "overlay", Trait::plain},  {0x65735546, "fuse", Trait::plain},
    {0x73717368, "squashfs", Trait::plain}, {0x9660, "iso9660", Trait::plain},
    {0x4D44, "vfat", Trait::fat},           {0x2011BAB0, "exfat", Trait::fat},
    {0x6969, "nfs", Trait::network},        {0x517B, "smb", Trait::network},
    {0xFE534D42, "smb2", Trait::network},   {0xFF534D42, "cifs", Trait::network},
    {0x00C36400, "ceph", Trait::network},   {0x01021997, "9p", Trait::network},
    {0x5346414F, "afs", Trait::network},
}};

constexpr std::uint64_t vfat_largest_file = 0xFFFFFFFF; // 32 bits in a directory entry

VolumeType type_of(unsigned long magic) {
    for (const VolumeType& type : types)
        if (type.magic == magic) return type;
    return {magic, nullptr, Trait::plain};
}

std::string name_of_type(const VolumeType& type) {
    if (type.name) return type.name;
    std::array<char, 32> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "0x%lx", type.magic));
    return text.data();
}

} // namespace

VolumeStatus volume_of(const std::string& path) {
    struct statfs kind {};
    struct statvfs room {};
    if (uninterrupted([&] { return ::statfs(path.c_str(), &kind); }) != 0 ||
        uninterrupted([&] { return ::statvfs(path.c_str(), &room); }) != 0)
        throw system_error(errno, "look at the volume of", path);
    const VolumeType type = type_of(static_cast<unsigned long>(kind.f_type) & 0xFFFFFFFF);
    VolumeStatus volume;
    volume.free_bytes = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
    volume.read_only = (room.f_flag & ST_RDONLY) != 0;
    volume.network = type.trait == Trait::network;
    volume.journaled = type.trait != Trait::fat;
    volume.unstable_ids = type.trait == Trait::fat;
    if (type.magic == 0x4D44) volume.largest_file = vfat_largest_file;
    volume.type = name_of_type(type);
    return volume;
}

} // namespace lockstep
