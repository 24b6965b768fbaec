// A file system on an image file, mounted through a loop device. What was written to it and not synced is in
// the page cache of the mounted file system, and not in the image: a copy of the image is what a power cut
// leaves. Only root may mount, and not everywhere.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

enum class VolumeKind { ext4, xfs, btrfs };
std::string name_of(VolumeKind kind);

// An empty file system in a new sparse file, as small as its kind allows.
void format_image(VolumeKind kind, const std::string& image);

class ImageVolume {
  public:
    // Mounts; a journal is replayed. The folder is made where it is missing.
    ImageVolume(VolumeKind kind, const std::string& image, std::string folder);
    ~ImageVolume();
    ImageVolume(const ImageVolume&) = delete;
    ImageVolume& operator=(const ImageVolume&) = delete;

    // Empty where it is mounted.
    const std::string& why_not() const { return why_not_; }
    const std::string& folder() const { return folder_; }

  private:
    std::string folder_;
    std::string why_not_;
};

// Only what holds data is read and written.
void copy_image(const std::string& from, const std::string& to);
bool same_image(const std::string& one, const std::string& other);

// The images that power cuts leave at many points of one run, kept where they differ: most calls write
// nothing to the disk.
struct CutImage {
    std::string image;
    std::vector<std::string> points; // at each of which a power cut leaves it
};
class PowerCuts {
  public:
    // Copies go to `folder`, which exists.
    PowerCuts(std::string image, std::string folder);
    // Throws std::runtime_error where the image doesn't hold still.
    void cut(const std::string& point);

    // In another process than the one that cut.
    static std::vector<CutImage> images_in(const std::string& folder);

  private:
    std::string image_;
    std::string folder_;
    int copies_ = 0;
};

} // namespace lockstep
