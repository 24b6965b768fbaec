#include "win32/files.h"

namespace lockstep {
namespace {

class WindowsFile : public File {
  public:
    WindowsFile(Handle handle, std::string path, bool writable)
        : handle_(std::move(handle)), path_(std::move(path)), writable_(writable) {}

    std::uint64_t size() const override { return status().size; }

    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        read_all(handle_.get(), path_, "read", offset, out);
    }

    void write(Bytes bytes) override {
        if (!synced_by_name_) note_unsynced(path_);
        synced_by_name_ = true;
        // Opened for appending it writes at the end, whatever place is named.
        write_all(handle_.get(), path_, "write", written_, bytes);
        written_ += bytes.size();
    }

    // A handle that may not write can't flush either.
    void sync() override {
        const std::string doing = "write to the disk";
        Handle writing;
        if (!writable_) {
            writing = Handle(::ReOpenFile(handle_.get(), GENERIC_WRITE, share_all, 0));
            if (!writing) throw last_error(doing, path_);
        }
        if (::FlushFileBuffers(writable_ ? handle_.get() : writing.get()) == 0)
            throw last_error(doing, path_);
        forget_unsynced(path_);
        synced_by_name_ = false;
    }

    FileStatus status() const override { return status_of(handle_.get(), path_); }

  private:
    Handle handle_;
    std::string path_;
    bool writable_;
    bool synced_by_name_ = false; // it stands among the unsynced files
    std::uint64_t written_ = 0;
};

std::unique_ptr<File> regular_file(Handle handle, const std::string& path, bool writable) {
    auto file = std::make_unique<WindowsFile>(std::move(handle), path, writable);
    const FileKind kind = file->status().kind;
    if (kind == FileKind::link) throw Error(Code::not_recognised, "open", path, "it is a link");
    if (kind != FileKind::file) throw Error(Code::not_recognised, "open", path, "it is not a regular file");
    return file;
}

std::unique_ptr<File> opened(const std::string& path, DWORD access, DWORD how, const std::string& doing) {
    const HeldPlace place(path, doing);
    const bool writable = access != GENERIC_READ;
    Handle handle = try_to_open(path, access, share_all, how,
                                writable ? FILE_ATTRIBUTE_NORMAL : FILE_FLAG_BACKUP_SEMANTICS);
    if (!handle) throw opening_error(::GetLastError(), doing, path);
    return regular_file(std::move(handle), path, writable);
}

} // namespace

std::unique_ptr<File> open_for_reading(const std::string& path) {
    return opened(path, GENERIC_READ, OPEN_EXISTING, "open");
}

std::unique_ptr<File> open_for_appending(const std::string& path) {
    return opened(path, GENERIC_READ | FILE_APPEND_DATA, OPEN_ALWAYS, "open");
}

std::unique_ptr<File> create_file(const std::string& path) {
    return opened(path, GENERIC_READ | GENERIC_WRITE, CREATE_NEW, "create");
}

} // namespace lockstep
