// A folder for what a command makes on its way: for its owner only, and gone at the end, however that comes.
#pragma once

#include <string>

namespace lockstep {

class WorkFolder {
  public:
    // In `parent`, or in TMPDIR where that is empty.
    explicit WorkFolder(const std::string& parent = {});
    ~WorkFolder(); // a failure to remove is told on stderr
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

} // namespace lockstep
