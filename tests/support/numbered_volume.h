// A volume of its own on which a state of a simulated disk can be made real, inode numbers included: the
// ledger knows files by them. A tmpfs gives them in order, so that each can be had. Only root may mount.
#pragma once

#include "tests/support/mount.h"
#include "tests/support/simulated_disk.h"

#include <memory>
#include <string>

namespace lockstep {

class NumberedVolume {
  public:
    // The folder is made where it is missing. Empty so far.
    explicit NumberedVolume(std::string folder);

    bool mounted() const { return mount_->mounted(); }
    const std::string& folder() const { return folder_; }

    // A new volume, with exactly this on it. Throws std::runtime_error where a number is not to be had.
    // `further`: all numbers but the root's are higher by this; a FAT gives others at each mount.
    void make(const DiskState& state, NodeNumber further = 0);

    // What is on it.
    DiskState state() const;

  private:
    void make_node(NodeNumber number, const DiskNode& node) const;
    void name_below(const DiskState& state, NodeNumber folder, const std::string& path) const;
    std::string unnamed(NodeNumber number) const;

    std::string folder_;
    std::unique_ptr<Mount> mount_;
    NodeNumber further_ = 0;
};

NodeNumber number_of(const std::string& path);
// Without content and names.
DiskNode empty_node_at(const std::string& path);

} // namespace lockstep
