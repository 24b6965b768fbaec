// The seam for files, watched: every call that changes something is counted and told to a hook before and
// after it, which may end the process, throw, or let another program act. Calls that only look are counted on
// their own. The real calls run beneath.
#pragma once

#include "updater/file_system.h"

#include <cstdint>
#include <functional>
#include <string>

namespace lockstep {

struct SeamCall {
    int number = 0;           // 1 for the first
    std::string name = {};    // as in FileSystem; "write" and "sync" for a File's
    std::string path = {};    // the second one of a rename
    std::string from = {};    // the other one of a rename, an exchange or copy_rights
    std::uint64_t offset = 0; // of a write; the new size of a truncated file
    Bytes data = {};          // of a write; only while the hook runs
};

class HookedFiles : public FileSystem {
  public:
    using Hook = std::function<void(const SeamCall&)>;
    Hook before = [](const SeamCall&) {};
    Hook after = [](const SeamCall&) {};
    Hook looking = [](const SeamCall&) {}; // before a call that changes nothing
    bool can_exchange = true;              // false: as on a volume without RENAME_EXCHANGE
    bool renames_by_link = false;          // as on one without RENAME_NOREPLACE: by two calls
    bool as_fat = false;                   // volume() says so; a FAT can't exchange names
    int torn_write = 0;                    // the number of a write that finds room for its first half only

    void follow_no_link_below(const std::string& root) override { real_.follow_no_link_below(root); }
    std::optional<FileStatus> status(const std::string& path) const override {
        return look("status", path), real_.status(path);
    }
    VolumeStatus volume(const std::string& path) const override;
    std::vector<std::string> names_in(const std::string& folder) const override {
        return look("names_in", folder), real_.names_in(folder);
    }
    std::string link_target(const std::string& path) const override {
        return look("link_target", path), real_.link_target(path);
    }
    std::string real_path(const std::string& path) const override {
        return look("real_path", path), real_.real_path(path);
    }
    std::unique_ptr<File> open(const std::string& path) const override;
    std::unique_ptr<File> open_below(const std::string& folder, const std::string& relative) const override;
    std::unique_ptr<HeldFolder> hold_folder(const std::string& folder,
                                            const std::string& relative) const override {
        return real_.hold_folder(folder, relative);
    }
    void require_no_links(const std::string& folder, const std::string& relative) const override {
        look("require_no_links", relative);
        real_.require_no_links(folder, relative);
    }
    std::unique_ptr<File> create(const std::string& path, std::uint32_t mode) override;
    std::unique_ptr<File> append(const std::string& path) override;
    void make_folder(const std::string& path, std::uint32_t mode) override;
    void make_folders(const std::string& path, std::uint32_t mode) override;
    void remove_file(const std::string& path) override;
    void remove_folder(const std::string& path) override;
    void remove_tree(const std::string& path) override; // name by name: a kill can come between two
    void rename(const std::string& from, const std::string& to) override;
    void replace(const std::string& from, const std::string& to) override;
    bool exchange(const std::string& one, const std::string& other) override;
    void set_mode(const std::string& path, std::uint32_t mode) override;
    void set_owner(const std::string& path, std::uint32_t owner, std::uint32_t group) override;
    void copy_rights(const std::string& from, const std::string& to) override;
    void sync_folder(const std::string& path) override;
    void sync_volume(const std::string& path) override;
    std::unique_ptr<FolderLock> lock_folder(const std::string& path, bool wait) override {
        return look("lock_folder", path), real_.lock_folder(path, wait);
    }
    std::optional<std::string> unsafe_folder(const std::string& folder) const override {
        return look("unsafe_folder", folder), real_.unsafe_folder(folder);
    }

    // Counts and tells a call around `act`. Also for the files that were opened here.
    template <typename Act> auto watched(const std::string& name, const std::string& path, Act act) const {
        return watched(SeamCall{.name = name, .path = path}, act);
    }
    template <typename Act> auto watched(SeamCall call, Act act) const {
        call.number = ++count_;
        before(call);
        if constexpr (std::is_void_v<decltype(act())>) {
            act();
            after(call);
        } else {
            auto result = act();
            after(call);
            return result;
        }
    }

    // The same for a call that changes nothing.
    void look(const std::string& name, const std::string& path) const { looking({++looks_, name, path}); }
    bool tears_this_write() const { return torn_write != 0 && count_ == torn_write; }

  private:
    FileSystem& real_ = system_files();
    mutable int count_ = 0;
    mutable int looks_ = 0;
};

} // namespace lockstep
