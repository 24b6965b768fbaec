#include "updater/root.h"

#include "payload/bundle.h"
#include "payload/language.h"

#include <optional>

namespace lockstep {
namespace {

std::optional<std::string> nearest_parent(const FileSystem& files, std::string folder) {
    while (true) {
        const auto state = files.status(joined(folder, ".lockstep"));
        if (state && state->kind == FileKind::folder) return folder;
        const std::string parent = parent_of(folder);
        if (parent == folder || folder == ".") return std::nullopt;
        folder = parent;
    }
}

// The locations are read before anyone knows whom to trust, so the bundle must be signed by the keys that its
// own executable carries: whoever starts that executable trusts them. A --bundle's locations aren't looked
// at.
std::optional<std::string> release_location(const FileSystem& files, const std::string& executable) {
    const auto file = files.open(executable);
    const auto extent = find_bundle(*file, executable);
    if (!extent || extent->carried_keys.empty()) return std::nullopt;
    const Trust carried{{}, 1, extent->carried_threshold, extent->carried_keys};
    for (const std::string& location :
         verify_bundle(*file, *extent, carried, executable).manifest.locations) {
        const auto status = files.status(location);
        if (status && status->kind == FileKind::folder) return location;
    }
    return std::nullopt;
}

} // namespace

std::string find_root(const FileSystem& files, const Request& request, const std::string& working_folder) {
    if (!request.root.empty()) return request.root;
    if (const auto found = nearest_parent(files, parent_of(request.executable))) return *found;
    if (const auto found = nearest_parent(files, working_folder)) return *found;
    if (const auto found = release_location(files, request.executable)) return *found;
    throw Error(Code::wrong_usage, "find", "the application",
                "no folder at or above this program or the working folder was updated before, and none of "
                "the release's "
                "locations exists")
        .advise(say(Message::name_the_root));
}

} // namespace lockstep
