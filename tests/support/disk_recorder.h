// Tells a simulated disk what a run does to a folder, from the hooks of the seam and of SQLite.
#pragma once

#include "tests/support/hooked_files.h"
#include "tests/support/simulated_disk.h"

#include <string>

namespace lockstep {

class DiskRecorder {
  public:
    // `folder`: the root of the simulated disk, which starts as what is in it now. No other volume in it.
    DiskRecorder(std::string folder, DiskState start) : folder_(std::move(folder)), log_(std::move(start)) {}

    // Before a call: what changed since the call before, and wasn't told, is put down as an operation of its
    // own that nothing synced. There are such, through handles that SQLite opened.
    void catch_up();
    // After a call.
    void record(const SeamCall& call);

    const DiskLog& log() const { return log_; }

  private:
    std::string below(const std::string& path) const;
    NodeNumber node_of(const std::string& path) const; // 0 where there is none
    NamePlace place_of(const std::string& path) const;
    void compare(NodeNumber folder, const std::string& path);
    void compare_file(NodeNumber number, const std::string& path);
    void add_name(const std::string& path, const std::string& said);

    std::string folder_;
    DiskLog log_;
};

} // namespace lockstep
