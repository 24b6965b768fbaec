#include "tests/support/hooked_files.h"

#include <filesystem>

namespace lockstep {
namespace {

class HookedFile : public File {
  public:
    HookedFile(const HookedFiles& files, std::unique_ptr<File> real, std::string path)
        : files_(files), real_(std::move(real)), path_(std::move(path)) {}
    std::uint64_t size() const override { return files_.look("size", path_), real_->size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        files_.look("read", path_);
        real_->read(offset, out);
    }
    void write(Bytes bytes) override {
        files_.watched({.name = "write", .path = path_, .offset = real_->size(), .data = bytes}, [&] {
            const bool torn = files_.tears_this_write();
            real_->write(torn ? bytes.first(bytes.size() / 2) : bytes);
            if (torn) throw Error(Code::no_room_or_right, "write", path_, "No space left on device");
        });
    }
    void sync() override {
        files_.watched("sync", path_, [&] { real_->sync(); });
    }
    void begin_sync() const override { real_->begin_sync(); }
    FileStatus status() const override { return files_.look("file_status", path_), real_->status(); }

  private:
    const HookedFiles& files_;
    std::unique_ptr<File> real_;
    std::string path_;
};

} // namespace

VolumeStatus HookedFiles::volume(const std::string& path) const {
    look("volume", path);
    VolumeStatus status = real_.volume(path);
    if (!as_fat) return status;
    status.journaled = false;
    status.unstable_ids = true;
    return status;
}
std::unique_ptr<File> HookedFiles::open(const std::string& path) const {
    look("open", path);
    return std::make_unique<HookedFile>(*this, real_.open(path), path);
}
std::unique_ptr<File> HookedFiles::open_below(const std::string& folder, const std::string& relative) const {
    look("open_below", relative);
    return std::make_unique<HookedFile>(*this, real_.open_below(folder, relative), joined(folder, relative));
}
std::unique_ptr<File> HookedFiles::create(const std::string& path, std::uint32_t mode) {
    return watched("create", path,
                   [&] { return std::make_unique<HookedFile>(*this, real_.create(path, mode), path); });
}
std::unique_ptr<File> HookedFiles::append(const std::string& path) {
    return watched("append", path,
                   [&] { return std::make_unique<HookedFile>(*this, real_.append(path), path); });
}
void HookedFiles::make_folder(const std::string& path, std::uint32_t mode) {
    watched("make_folder", path, [&] { real_.make_folder(path, mode); });
}
// NOLINTNEXTLINE(misc-no-recursion): as deep as the path
void HookedFiles::make_folders(const std::string& path, std::uint32_t mode) {
    if (status(path)) return;
    make_folders(parent_of(path), mode);
    make_folder(path, mode);
}
void HookedFiles::remove_file(const std::string& path) {
    watched("remove_file", path, [&] { real_.remove_file(path); });
}
void HookedFiles::remove_folder(const std::string& path) {
    watched("remove_folder", path, [&] { real_.remove_folder(path); });
}
// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree
void HookedFiles::remove_tree(const std::string& path) {
    const auto present = status(path);
    if (!present) return;
    if (present->kind != FileKind::folder) return remove_file(path);
    for (const std::string& name : names_in(path)) remove_tree(joined(path, name));
    remove_folder(path);
}
void HookedFiles::rename(const std::string& from, const std::string& to) {
    const auto present = renames_by_link ? real_.status(from) : std::nullopt;
    if (present && present->kind == FileKind::file) {
        watched({.name = "link", .path = to, .from = from},
                [&] { std::filesystem::create_hard_link(from, to); });
        watched("unlink", from, [&] { real_.remove_file(from); });
        return;
    }
    watched({.name = "rename", .path = to, .from = from}, [&] { real_.rename(from, to); });
}
void HookedFiles::replace(const std::string& from, const std::string& to) {
    watched({.name = "replace", .path = to, .from = from}, [&] { real_.replace(from, to); });
}
bool HookedFiles::exchange(const std::string& one, const std::string& other) {
    if (!can_exchange || as_fat) return false;
    return watched({.name = "exchange", .path = one, .from = other},
                   [&] { return real_.exchange(one, other); });
}
void HookedFiles::set_mode(const std::string& path, std::uint32_t mode) {
    watched("set_mode", path, [&] { real_.set_mode(path, mode); });
}
void HookedFiles::set_owner(const std::string& path, std::uint32_t owner, std::uint32_t group) {
    watched("set_owner", path, [&] { real_.set_owner(path, owner, group); });
}
void HookedFiles::copy_rights(const std::string& from, const std::string& to) {
    watched({.name = "copy_rights", .path = to, .from = from}, [&] { real_.copy_rights(from, to); });
}
void HookedFiles::sync_folder(const std::string& path) {
    watched("sync_folder", path, [&] { real_.sync_folder(path); });
}
void HookedFiles::sync_volume(const std::string& path) {
    watched("sync_volume", path, [&] { real_.sync_volume(path); });
}

} // namespace lockstep
