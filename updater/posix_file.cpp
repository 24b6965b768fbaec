#include "updater/posix_files.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace lockstep {
namespace {

class PosixFile : public File {
  public:
    PosixFile(Descriptor descriptor, std::string path)
        : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

    std::uint64_t size() const override { return status().size; }

    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        while (!out.empty()) {
            const ssize_t count = uninterrupted([&] {
                return ::pread(descriptor_.number(), out.data(), out.size(), static_cast<off_t>(offset));
            });
            if (count < 0) throw system_error(errno, "read", path_);
            if (count == 0) throw Error(Code::internal_error, "read", path_, "the file ends too early");
            offset += static_cast<std::uint64_t>(count);
            out = out.subspan(static_cast<std::size_t>(count));
        }
    }

    void write(Bytes bytes) override {
        while (!bytes.empty()) {
            const ssize_t count =
                uninterrupted([&] { return ::write(descriptor_.number(), bytes.data(), bytes.size()); });
            if (count < 0) throw system_error(errno, "write", path_);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }

    // After a failed fsync the pages count as clean, and a second one would report success: never repeated
    // but for EINTR, where nothing was reported yet.
    void sync() override {
        if (uninterrupted([&] { return ::fsync(descriptor_.number()); }) != 0)
            throw system_error(errno, "write to the disk", path_);
    }

    void begin_sync() const override {
        ::sync_file_range(descriptor_.number(), 0, 0, SYNC_FILE_RANGE_WRITE); // 0: to the end
    }

    bool share_blocks_of(const File& from) override {
        const auto* source = dynamic_cast<const PosixFile*>(&from);
        return source && ::ioctl(descriptor_.number(), FICLONE, source->descriptor_.number()) == 0;
    }

    FileStatus status() const override {
        struct stat found {};
        if (::fstat(descriptor_.number(), &found) != 0) throw system_error(errno, "look at", path_);
        return status_from(found);
    }

  private:
    Descriptor descriptor_;
    std::string path_;
};

std::unique_ptr<File> regular_file(Descriptor descriptor, const std::string& path) {
    auto file = std::make_unique<PosixFile>(std::move(descriptor), path);
    if (file->status().kind != FileKind::file)
        throw Error(Code::not_recognised, "open", path, "it is not a regular file");
    return file;
}

// O_NONBLOCK, or a pipe that stands where a file should be would wait for its other end. With a regular file
// it does one thing only: fail with EWOULDBLOCK where somebody has a lease on it; then it is worth the wait.
Descriptor open_at(int folder, const std::string& name, int flags) {
    flags |= O_CLOEXEC | O_NOFOLLOW;
    Descriptor opened(
        uninterrupted([&] { return ::openat(folder, name.c_str(), flags | O_NONBLOCK, 0644); }));
    if (!opened && errno == EWOULDBLOCK)
        opened = Descriptor(uninterrupted([&] { return ::openat(folder, name.c_str(), flags, 0644); }));
    return opened;
}

Error opening_error(int number, const std::string& path) {
    if (number == ELOOP) return {Code::not_recognised, "open", path, "it is a link"};
    return system_error(number, "open", path);
}

} // namespace

std::unique_ptr<File> open_in(const Descriptor& folder, const std::string& name, const std::string& path) {
    Descriptor opened = open_at(folder.number(), name, O_RDONLY);
    if (!opened) throw opening_error(errno, path);
    return regular_file(std::move(opened), path);
}

std::unique_ptr<File> open_for_reading(const std::string& path) {
    const Place place = place_of(path, "open");
    Descriptor opened = open_at(place.folder, place.name, O_RDONLY);
    if (!opened) throw opening_error(errno, path);
    return regular_file(std::move(opened), path);
}

std::unique_ptr<File> open_for_appending(const std::string& path) {
    const Place place = place_of(path, "open");
    Descriptor opened = open_at(place.folder, place.name, O_RDWR | O_CREAT | O_APPEND);
    if (!opened) throw opening_error(errno, path);
    return regular_file(std::move(opened), path);
}

std::unique_ptr<File> create_file(const std::string& path, std::uint32_t mode) {
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    // Nobody else's until the mode is set: open() takes the umask off it, fchmod() does not.
    const Place place = place_of(path, "create");
    Descriptor made(uninterrupted([&] { return ::openat(place.folder, place.name.c_str(), flags, 0600); }));
    if (!made) throw system_error(errno, "create", path);
    if (::fchmod(made.number(), mode) != 0) throw system_error(errno, "set the mode of", path);
    return std::make_unique<PosixFile>(std::move(made), path);
}

} // namespace lockstep
