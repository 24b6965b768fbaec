// The folder in which a preview is left for people: where it may be, and that it goes again where no preview
// came of it. Nothing that was there before is written to or removed.
#pragma once

#include "updater/file_system.h"

#include <string>

namespace lockstep {

// Where a preview would be that somebody named so: absolute, every link and ".." resolved. Throws Error
// (wrong_usage) where a file or a folder is there already, or it would be inside the install root.
std::string place_for_preview(const FileSystem& files, const std::string& named, const std::string& root);

// Made by this object and nobody else; removed by the destructor, with the folders made on the way to it,
// unless it is kept.
class PreviewFolder {
  public:
    // `place` as place_for_preview() gave it; what was put there since is refused.
    PreviewFolder(FileSystem& files, std::string place, const std::string& root);
    ~PreviewFolder();
    PreviewFolder(const PreviewFolder&) = delete;
    PreviewFolder& operator=(const PreviewFolder&) = delete;

    void keep() { kept_ = true; }

  private:
    void remove();

    FileSystem& files_;
    const std::string place_;
    std::string there_before_; // the nearest folder on the way to it
    bool made_ = false;
    bool kept_ = false;
};

} // namespace lockstep
