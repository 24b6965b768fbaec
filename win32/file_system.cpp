#include "win32/files.h"
#include "win32/held_files.h"
#include "win32/leftovers.h"
#include "win32/sqlite_calls.h"

#include <array>
#include <cstdio>

namespace lockstep {
namespace {

// A named object of the kernel: it ends with the process, and leaves no trace in the folder. Its name is the
// folder's identity, so that two paths to one folder lock the same.
class WindowsFolderLock : public FolderLock {
  public:
    explicit WindowsFolderLock(Handle object) : object_(std::move(object)) {}

  private:
    Handle object_;
};

constexpr DWORD lock_wait_ms = 50; // how often it is asked for the other one's end

std::wstring lock_name(const FileStatus& folder) {
    std::array<wchar_t, 64> name{};
    static_cast<void>(std::swprintf(name.data(), name.size(), L"Global\\Lockstep-%llx-%llx",
                                    static_cast<unsigned long long>(folder.volume),
                                    static_cast<unsigned long long>(folder.id)));
    return name.data();
}

// Null where there is one already. That of another user can't even be opened.
Handle try_to_lock(const std::wstring& name) {
    Handle object(::CreateMutexW(nullptr, FALSE, name.c_str()));
    const DWORD number = ::GetLastError();
    if (!object && number != ERROR_ACCESS_DENIED) throw last_error("lock the folder", narrow(name));
    return object && number != ERROR_ALREADY_EXISTS ? std::move(object) : Handle();
}

class WindowsFileSystem : public FileSystem {
  public:
    void follow_no_link_below(const std::string& root) override {
        guard_below(root);
        remove_leftovers(root);
    }

    std::optional<FileStatus> status(const std::string& path) const override {
        const Handle file = try_to_open(path, FILE_READ_ATTRIBUTES);
        if (file) return status_of(file.get(), path);
        if (says_absent(::GetLastError())) return std::nullopt;
        throw last_error("look at", path);
    }
    VolumeStatus volume(const std::string& path) const override { return volume_of(path); }
    std::vector<std::string> names_in(const std::string& folder) const override {
        return sorted_names(folder);
    }

    // Where it leads in the end.
    std::string link_target(const std::string& path) const override { return led_to(path, "read the link"); }

    std::string real_path(const std::string& path) const override {
        if (!status(path)) throw Error(Code::wrong_usage, "find", path, "there is no such file or folder");
        return led_to(path, "find");
    }

    std::unique_ptr<File> open(const std::string& path) const override { return open_for_reading(path); }
    std::unique_ptr<File> open_below(const std::string& folder, const std::string& relative) const override {
        return open_below_folder(folder, relative);
    }
    std::unique_ptr<HeldFolder> hold_folder(const std::string& folder,
                                            const std::string& relative) const override {
        return hold_folder_below(folder, relative);
    }
    void require_no_links(const std::string& folder, const std::string& relative) const override {
        if (relative != ".") refuse_links_below(folder, relative);
    }
    std::unique_ptr<File> create(const std::string& path, std::uint32_t /*mode*/) override {
        return create_file(path);
    }
    std::unique_ptr<File> append(const std::string& path) override { return open_for_appending(path); }

    void make_folder(const std::string& path, std::uint32_t /*mode*/) override {
        const HeldPlace place(path, "create the folder");
        if (::CreateDirectoryW(system_path(path).c_str(), nullptr) == 0)
            throw last_error("create the folder", path);
    }
    // NOLINTNEXTLINE(misc-no-recursion): as deep as the path
    void make_folders(const std::string& path, std::uint32_t mode) override {
        const std::optional<FileStatus> present = status(path);
        if (present && present->kind == FileKind::folder) return;
        if (!present && parent_of(path) != path) make_folders(parent_of(path), mode);
        make_folder(path, mode);
    }

    void remove_file(const std::string& path) override { remove_one_file(path); }
    void remove_folder(const std::string& path) override { remove_empty_folder(path); }
    void remove_tree(const std::string& path) override { remove_whole_tree(path); }

    void rename(const std::string& from, const std::string& to) override {
        rename_without_replacing(from, to);
    }
    void replace(const std::string& from, const std::string& to) override { rename_replacing(from, to); }
    bool exchange(const std::string& /*one*/, const std::string& /*other*/) override { return false; }

    // Windows has neither permission bits nor these owners: new files inherit what their folder gives.
    void set_mode(const std::string& /*path*/, std::uint32_t /*mode*/) override {}
    void set_owner(const std::string& /*path*/, std::uint32_t /*owner*/, std::uint32_t /*group*/) override {}
    void copy_rights(const std::string& from, const std::string& to) override { copy_all_rights(from, to); }

    void sync_folder(const std::string& path) override {
        const std::string doing = "write to the disk the folder";
        const Handle folder = try_to_open(path, FILE_READ_ATTRIBUTES | FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY);
        if (!folder) throw last_error(doing, path);
        if (::FlushFileBuffers(folder.get()) != 0) return;
        // Not every file system can do it to a folder; then each rename was written through on its own.
        const DWORD number = ::GetLastError();
        if (number != ERROR_INVALID_FUNCTION && number != ERROR_NOT_SUPPORTED &&
            number != ERROR_INVALID_HANDLE && number != ERROR_ACCESS_DENIED)
            throw system_error(number, doing, path);
    }

    void sync_volume(const std::string& path) override {
        const auto present = status(path);
        if (!present) throw system_error(ERROR_FILE_NOT_FOUND, "write to the disk the volume of", path);
        flush_unsynced(present->volume);
        sync_folder(present->kind == FileKind::folder ? path : parent_of(path));
    }

    std::unique_ptr<FolderLock> lock_folder(const std::string& path, bool wait) override {
        const auto present = status(path);
        if (!present) throw system_error(ERROR_PATH_NOT_FOUND, "lock the folder", path);
        const std::wstring name = lock_name(*present);
        Handle object = try_to_lock(name);
        while (!object && wait) {
            ::Sleep(lock_wait_ms);
            object = try_to_lock(name);
        }
        return object ? std::make_unique<WindowsFolderLock>(std::move(object)) : nullptr;
    }

    std::optional<std::string> unsafe_folder(const std::string& folder) const override {
        return why_unsafe(real_path(folder));
    }

  private:
    // Following every link.
    static std::string led_to(const std::string& path, const std::string& doing) {
        const Handle found(::CreateFileW(system_path(path).c_str(), FILE_READ_ATTRIBUTES, share_all, nullptr,
                                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
        if (!found) throw last_error(doing, path);
        std::wstring name(MAX_PATH, L'\0');
        while (true) {
            const DWORD size = ::GetFinalPathNameByHandleW(found.get(), name.data(),
                                                           static_cast<DWORD>(name.size()), VOLUME_NAME_DOS);
            // Wine's says this of every path that is longer than 260 characters, whatever the room.
            if (size == 0 && ::GetLastError() == ERROR_MORE_DATA) return plain_path(system_path(path));
            if (size == 0) throw last_error(doing, path);
            const bool fits = size < name.size();
            name.resize(size);
            if (fits) return plain_path(name);
        }
    }
};

} // namespace

// Before SQLite opens anything: whoever uses databases has asked for this first.
FileSystem& system_files() {
    static WindowsFileSystem files;
    static const bool sqlite_is_ready = (let_sqlite_open_as_we_do(), true);
    static_cast<void>(sqlite_is_ready);
    return files;
}

} // namespace lockstep
