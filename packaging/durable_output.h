// A file that appears under its name whole and synced, or not at all: `sign`, `wrap` and `build` never leave
// half a bundle that somebody could copy to a USB stick.
#pragma once

#include "payload/bytes.h"
#include "updater/file_system.h"

#include <memory>
#include <string>

namespace lockstep {

// Throws wrong_usage where the folder that `path` would be written into isn't there.
void require_folder_for(const std::string& path);

// A file beside the output that is removed at the end, whatever happens.
class TemporaryFile {
  public:
    TemporaryFile(std::string path, std::uint32_t mode); // an old one of that name is removed
    ~TemporaryFile();                                    // a failure to remove is told on stderr
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    File& file() { return *file_; }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
    std::unique_ptr<File> file_;
};

class DurableOutput {
  public:
    DurableOutput(std::string path, std::uint32_t mode);

    void write(Bytes bytes) { temporary_.file().write(bytes); }
    void write(std::string_view text) { write(bytes_of(text)); }
    // Synced and renamed over `path`, the folder synced: after a power cut it is the old file or the new one.
    void commit();

  private:
    std::string path_;
    TemporaryFile temporary_;
};

// The whole of it at once.
void write_output(const std::string& path, std::string_view text);

// A folder that appears under its name whole and synced, or not at all.
class DurableFolder {
  public:
    // Throws wrong_usage where there is something of that name already.
    explicit DurableFolder(std::string path);
    ~DurableFolder(); // removes what was not committed; a failure to remove is told on stderr
    DurableFolder(const DurableFolder&) = delete;
    DurableFolder& operator=(const DurableFolder&) = delete;

    // A file in it, synced and under its name when its own commit() returns.
    DurableOutput file(const std::string& name) const { return {joined(temporary_, name), 0644}; }
    void commit();

  private:
    std::string path_;
    std::string temporary_;
};

} // namespace lockstep
