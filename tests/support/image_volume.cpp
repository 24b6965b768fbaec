#include "tests/support/image_volume.h"

#include "tests/support/own_mounts.h"
#include "tests/support/run.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdexcept>
#include <sys/mount.h>
#include <system_error>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t mib = 1 << 20;
constexpr int tries_to_hold_still = 20;

class OpenImage {
  public:
    OpenImage(const std::string& path, int flags)
        : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), path);
    }
    ~OpenImage() { ::close(descriptor_); }
    OpenImage(const OpenImage&) = delete;
    OpenImage& operator=(const OpenImage&) = delete;

    int descriptor() const { return descriptor_; }
    off_t size() const { return ::lseek(descriptor_, 0, SEEK_END); }
    // Where the next data begins and ends; `size` where there is none.
    off_t data_from(off_t offset) const {
        const off_t found = ::lseek(descriptor_, offset, SEEK_DATA);
        return found < 0 ? size() : found;
    }
    off_t hole_from(off_t offset) const { return ::lseek(descriptor_, offset, SEEK_HOLE); }
    std::string read(off_t offset, off_t length) const {
        std::string bytes(static_cast<std::size_t>(length), '\0');
        if (::pread(descriptor_, bytes.data(), bytes.size(), offset) != length)
            throw std::runtime_error("an image could not be read");
        return bytes;
    }

  private:
    int descriptor_;
};

template <typename Act> void for_each_extent(const OpenImage& image, Act act) {
    for (off_t begin = image.data_from(0); begin < image.size();) {
        const off_t end = image.hole_from(begin);
        act(begin, end - begin);
        begin = image.data_from(end);
    }
}

// Each extent of one image stands in the other; holes read as zeros.
bool holds_all_of(const OpenImage& image, const OpenImage& other) {
    bool same = true;
    for_each_extent(other, [&](off_t offset, off_t length) {
        same = same && image.read(offset, length) == other.read(offset, length);
    });
    return same;
}

std::uintmax_t least_size(VolumeKind kind) {
    switch (kind) {
    case VolumeKind::ext4:
        return 64 * mib;
    case VolumeKind::xfs:
        return 300 * mib; // mkfs.xfs refuses less
    case VolumeKind::btrfs:
        return 114 * mib; // mkfs.btrfs refuses less
    }
    return 0;
}

std::vector<std::string> formatter(VolumeKind kind) {
    switch (kind) {
    case VolumeKind::ext4:
        return {"mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0"};
    case VolumeKind::xfs:
        return {"mkfs.xfs", "-q"};
    case VolumeKind::btrfs:
        return {"mkfs.btrfs", "-q"};
    }
    return {};
}

// The file system shall commit nothing by its own clock: what isn't synced is lost. xfs has no such option;
// its clock ticks every 30 seconds, and a run takes two.
std::string mount_options(VolumeKind kind) {
    return kind == VolumeKind::xfs ? "loop,nouuid" : "loop,commit=300";
}

} // namespace

std::string name_of(VolumeKind kind) {
    switch (kind) {
    case VolumeKind::ext4:
        return "ext4";
    case VolumeKind::xfs:
        return "xfs";
    case VolumeKind::btrfs:
        return "btrfs";
    }
    return {};
}

void format_image(VolumeKind kind, const std::string& image) {
    std::ofstream(image).close();
    fs::resize_file(image, least_size(kind));
    std::vector<std::string> words = formatter(kind);
    words.push_back(image);
    if (const Ran ran = run(words); ran.code != 0) throw std::runtime_error(words[0] + ": " + ran.err);
    // mkfs.xfs fills its journal with zeros: holes again.
    if (const Ran ran = run({"fallocate", "--dig-holes", image}); ran.code != 0)
        throw std::runtime_error(ran.err);
}

ImageVolume::ImageVolume(VolumeKind kind, const std::string& image, std::string folder)
    : folder_(std::move(folder)) {
    fs::create_directories(folder_);
    keep_mounts_to_this_process();
    const Ran ran = run({"mount", "-t", name_of(kind), "-o", mount_options(kind), image, folder_});
    if (ran.code != 0) why_not_ = ran.err.empty() ? "mount failed" : ran.err;
}

ImageVolume::~ImageVolume() {
    if (!why_not_.empty() || ::umount2(folder_.c_str(), 0) == 0) return;
    ADD_FAILURE() << folder_ << " stays mounted: " << std::generic_category().message(errno);
}

void copy_image(const std::string& from, const std::string& to) {
    const OpenImage source(from, O_RDONLY);
    // Another file than the one of that name before: the kernel detaches a loop device some time after it was
    // unmounted, and a mount of the same file meanwhile would get that device with what it remembers.
    fs::remove(to);
    const OpenImage target(to, O_WRONLY | O_CREAT | O_EXCL);
    if (::ftruncate(target.descriptor(), source.size()) != 0) throw std::runtime_error("no room for " + to);
    for_each_extent(source, [&](off_t offset, off_t length) {
        if (::pwrite(target.descriptor(), source.read(offset, length).data(),
                     static_cast<std::size_t>(length), offset) != length)
            throw std::runtime_error("no room for " + to);
    });
}

bool same_image(const std::string& one, const std::string& other) {
    const OpenImage first(one, O_RDONLY);
    const OpenImage second(other, O_RDONLY);
    return first.size() == second.size() && holds_all_of(first, second) && holds_all_of(second, first);
}

PowerCuts::PowerCuts(std::string image, std::string folder)
    : image_(std::move(image)), folder_(std::move(folder)) {}

void PowerCuts::cut(const std::string& point) {
    const auto copy = [&] { return folder_ + "/" + std::to_string(copies_) + ".img"; };
    if (copies_ == 0 || !same_image(image_, copy())) {
        ++copies_;
        int tries = 0;
        do { // the loop device may still be writing
            if (++tries > tries_to_hold_still) throw std::runtime_error("the image changes all the time");
            copy_image(image_, copy());
        } while (!same_image(image_, copy()));
    }
    std::ofstream(folder_ + "/points", std::ios::app) << copies_ << ' ' << point << '\n';
}

std::vector<CutImage> PowerCuts::images_in(const std::string& folder) {
    std::vector<CutImage> images;
    std::ifstream points(folder + "/points");
    std::size_t number = 0;
    std::string point;
    while (points >> number && std::getline(points >> std::ws, point)) {
        if (number > images.size()) images.push_back({folder + "/" + std::to_string(number) + ".img", {}});
        images.back().points.push_back(point);
    }
    return images;
}

} // namespace lockstep
