// Paths below a folder. Each part is opened without FILE_SHARE_DELETE and kept open until the last one is, so
// that whoever swaps a part for a link meanwhile can't.
#include "updater/path_parts.h"
#include "win32/files.h"

namespace lockstep {
namespace {

// To Windows, of a path and of a file's streams.
constexpr std::string_view other_separators = "\\:";

// The folders on the way, held; or nothing where one is missing.
class Walk {
  public:
    Walk(const std::string& folder, std::string whole) : path_(folder), whole_(std::move(whole)) {
        hold(try_to_open(folder, FILE_READ_ATTRIBUTES | FILE_TRAVERSE, FILE_SHARE_READ | FILE_SHARE_WRITE));
        if (way_.empty()) throw last_error("open the folder", folder);
    }

    // False where there is no such part.
    bool enter(const std::string& name) {
        path_ = joined(path_, name);
        Handle next =
            try_to_open(path_, FILE_READ_ATTRIBUTES | FILE_TRAVERSE, FILE_SHARE_READ | FILE_SHARE_WRITE);
        if (!next && says_absent(::GetLastError())) return false;
        if (!next) throw last_error("open", path_);
        if (is_link(next.get())) throw Error(Code::not_recognised, "open", whole_, path_ + " is a link");
        hold(std::move(next));
        return true;
    }

    const std::string& path() const { return path_; }
    std::vector<Handle> take() { return std::move(way_); }

  private:
    void hold(Handle folder) {
        if (folder) way_.push_back(std::move(folder));
    }
    std::string path_;
    std::string whole_;
    std::vector<Handle> way_;
};

// By its name, which the held folders keep leading to the same place.
class WindowsHeldFolder : public HeldFolder {
  public:
    explicit WindowsHeldFolder(Walk walk) : path_(walk.path()), way_(walk.take()) {}

    std::optional<FileStatus> status(const std::string& name) const override {
        return system_files().status(joined(path_, name));
    }
    std::unique_ptr<File> open(const std::string& name) const override {
        return open_for_reading(joined(path_, name));
    }

  private:
    std::string path_;
    std::vector<Handle> way_;
};

} // namespace

std::unique_ptr<HeldFolder> hold_folder_below(const std::string& folder, const std::string& relative) {
    Walk walk(folder, joined(folder, relative));
    if (relative != ".")
        for (const std::string& part : parts_of(folder, relative, other_separators))
            if (!walk.enter(part)) return nullptr;
    return std::make_unique<WindowsHeldFolder>(std::move(walk));
}

std::unique_ptr<File> open_below_folder(const std::string& folder, const std::string& relative) {
    const std::vector<std::string> parts = parts_of(folder, relative, other_separators);
    Walk walk(folder, joined(folder, relative));
    for (std::size_t index = 0; index + 1 < parts.size(); ++index)
        if (!walk.enter(parts[index]))
            throw system_error(ERROR_PATH_NOT_FOUND, "open", joined(folder, relative));
    return open_for_reading(joined(folder, relative));
}

void refuse_links_below(const std::string& folder, const std::string& relative) {
    const std::vector<std::string> parts = parts_of(folder, relative, other_separators);
    Walk walk(folder, joined(folder, relative));
    for (const std::string& part : parts)
        if (!walk.enter(part)) return;
}

} // namespace lockstep
