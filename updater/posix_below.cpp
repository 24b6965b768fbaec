// Paths below a folder, one part after the other, each opened relative to the one before and held: whoever
// swaps a part for a link meanwhile is refused, not followed. The walk works on every kernel, which openat2()
// does not, and can say which part is the link.
#include "updater/path_parts.h"
#include "updater/posix_files.h"

#include <fcntl.h>

namespace lockstep {
namespace {

Error is_a_link(const std::string& path, const std::string& whole) {
    return {Code::not_recognised, "open", whole, path + " is a link"};
}

// O_PATH neither waits for pipes nor needs the right to read, and it opens a link itself, so that a link can
// be told from a part that is missing.
struct Walk {
    Descriptor here;
    std::string path;
    std::string whole;

    // False where there is no such part.
    bool enter(const std::string& name) {
        path = joined(path, name);
        constexpr int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
        Descriptor next(uninterrupted([&] { return ::openat(here.number(), name.c_str(), flags); }));
        if (!next) {
            if (errno == ENOENT || errno == ENOTDIR) return false;
            throw system_error(errno, "open", path);
        }
        struct stat found {};
        if (::fstat(next.number(), &found) != 0) throw system_error(errno, "look at", path);
        if (S_ISLNK(found.st_mode)) throw is_a_link(path, whole);
        here = std::move(next);
        return true;
    }
};

Walk walk_from(const std::string& folder, const std::string& relative) {
    return {open_folder(folder, "open the folder"), folder, joined(folder, relative)};
}

class PosixHeldFolder : public HeldFolder {
  public:
    explicit PosixHeldFolder(Walk walk) : here_(std::move(walk.here)), path_(std::move(walk.path)) {}

    std::optional<FileStatus> status(const std::string& name) const override {
        struct stat found {};
        if (::fstatat(here_.number(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0)
            return status_from(found);
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        throw system_error(errno, "look at", joined(path_, name));
    }
    std::unique_ptr<File> open(const std::string& name) const override {
        return open_in(here_, name, joined(path_, name));
    }

  private:
    Descriptor here_;
    std::string path_;
};

} // namespace

std::unique_ptr<HeldFolder> hold_folder_below(const std::string& folder, const std::string& relative) {
    Walk walk = walk_from(folder, relative);
    if (relative != ".")
        for (const std::string& part : parts_of(folder, relative))
            if (!walk.enter(part)) return nullptr;
    return std::make_unique<PosixHeldFolder>(std::move(walk));
}

std::unique_ptr<File> open_below_folder(const std::string& folder, const std::string& relative) {
    const std::vector<std::string> parts = parts_of(folder, relative);
    Walk walk = walk_from(folder, relative);
    for (std::size_t index = 0; index + 1 < parts.size(); ++index)
        if (!walk.enter(parts[index])) throw system_error(ENOENT, "open", walk.whole);
    return open_in(walk.here, parts.back(), walk.whole);
}

Descriptor walked_folder(const std::string& path, const std::string& doing) {
    Walk walk = walk_from("/", path.substr(1));
    for (const std::string& part : parts_of("/", path.substr(1)))
        if (!walk.enter(part)) throw system_error(ENOENT, doing, path);
    return std::move(walk.here);
}

void refuse_links_below(const std::string& folder, const std::string& relative) {
    const std::vector<std::string> parts = parts_of(folder, relative);
    Walk walk = walk_from(folder, relative);
    for (const std::string& part : parts)
        if (!walk.enter(part)) return;
}

} // namespace lockstep
