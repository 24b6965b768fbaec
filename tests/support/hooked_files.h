// The seam for files, watched: every call that changes something is counted and told to a hook before and
// after it, which may end the process, throw, or let another program act. The real calls run beneath.
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
    bool can_exchange = true; // false: as on a volume without RENAME_EXCHANGE
    bool as_fat = false;      // volume() says so; a FAT can't exchange names

    std::optional<FileStatus> status(const std::string& path) const override { return real_.status(path); }
    VolumeStatus volume(const std::string& path) const override;
    std::vector<std::string> names_in(const std::string& folder) const override {
        return real_.names_in(folder);
    }
    std::string link_target(const std::string& path) const override { return real_.link_target(path); }
    std::string real_path(const std::string& path) const override { return real_.real_path(path); }
    std::unique_ptr<File> open(const std::string& path) const override;
    std::unique_ptr<File> open_below(const std::string& folder, const std::string& relative) const override;
    void require_no_links(const std::string& folder, const std::string& relative) const override {
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
        return real_.lock_folder(path, wait);
    }
    std::optional<std::string> unsafe_folder(const std::string& folder) const override {
        return real_.unsafe_folder(folder);
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

  private:
    FileSystem& real_ = system_files();
    mutable int count_ = 0;
};

} // namespace lockstep
