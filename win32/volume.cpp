#include "win32/files.h"

#include <array>

namespace lockstep {
namespace {

constexpr std::uint64_t fat_largest_file = 0xFFFFFFFF; // 32 bits in a directory entry

std::wstring volume_folder(const std::string& path) {
    std::wstring folder(system_path(path).size() + 2, L'\0');
    if (::GetVolumePathNameW(system_path(path).c_str(), folder.data(), static_cast<DWORD>(folder.size())) ==
        0)
        throw last_error("look at the volume of", path);
    folder.resize(folder.find(L'\0'));
    return folder;
}

} // namespace

VolumeStatus volume_of(const std::string& path) {
    const std::wstring folder = volume_folder(path);
    std::array<wchar_t, MAX_PATH + 1> type{};
    DWORD flags = 0;
    ULARGE_INTEGER free_for_user{};
    if (::GetVolumeInformationW(folder.c_str(), nullptr, 0, nullptr, nullptr, &flags, type.data(),
                                static_cast<DWORD>(type.size())) == 0 ||
        ::GetDiskFreeSpaceExW(folder.c_str(), &free_for_user, nullptr, nullptr) == 0)
        throw last_error("look at the volume of", path);
    VolumeStatus volume;
    volume.type = narrow(type.data());
    volume.free_bytes = free_for_user.QuadPart;
    volume.network = ::GetDriveTypeW(folder.c_str()) == DRIVE_REMOTE;
    volume.read_only = (flags & FILE_READ_ONLY_VOLUME) != 0;
    const bool fat = volume.type == "FAT" || volume.type == "FAT32" || volume.type == "exFAT";
    volume.journaled = !fat;
    volume.unstable_ids = fat;
    if (fat && volume.type != "exFAT") volume.largest_file = fat_largest_file;
    return volume;
}

} // namespace lockstep
