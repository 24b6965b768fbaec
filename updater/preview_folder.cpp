#include "updater/preview_folder.h"

#include "updater/process.h"

#include <filesystem>

namespace lockstep {
namespace {

Error refused(const std::string& place, const std::string& cause) {
    return {Code::wrong_usage, "make the preview in", place, cause};
}

// With links and ".." resolved as far as the path exists.
std::string led_once(const std::string& path) {
    std::error_code error;
    const std::u8string utf8(path.begin(), path.end());
    const auto found = std::filesystem::weakly_canonical(utf8, error);
    if (error) throw refused(path, error.message());
    const std::u8string led = found.generic_u8string();
    return {led.begin(), led.end()};
}

// A ".." after a folder that doesn't exist leads to names that were not looked at: so again, until nothing
// changes.
std::string where_it_leads(const std::string& path) {
    constexpr int enough = 40; // as many links as Linux follows
    std::string leads = path;
    for (int time = 0; time < enough; ++time) {
        std::string further = led_once(leads);
        while (further.size() > 1 && further.ends_with('/')) further.pop_back();
        if (further == leads) return leads;
        leads = further;
    }
    throw refused(path, "its links lead nowhere");
}

// By identity: the root may have another name, or be mounted in two places.
bool is_at_or_below(const FileSystem& files, const std::string& place, const FileStatus& root) {
    for (std::string folder = place;; folder = parent_of(folder)) {
        const auto status = files.status(folder);
        if (status && status->volume == root.volume && status->id == root.id) return true;
        if (parent_of(folder) == folder || folder == ".") return false;
    }
}

} // namespace

std::string place_for_preview(const FileSystem& files, const std::string& named, const std::string& root) {
    if (named.empty()) throw refused("", "no folder is named");
    std::string place = where_it_leads(is_absolute(named) ? named : joined(working_folder(), named));
    const std::string real_root = files.real_path(root);
    if (place == real_root) throw refused(place, "it is the install root itself");
    if (is_at_or_below(files, parent_of(place), *files.status(real_root)))
        throw refused(place, "it is inside the install root");
    if (files.status(place)) throw refused(place, "it exists already");
    return place;
}

PreviewFolder::PreviewFolder(FileSystem& files, std::string place, const std::string& root)
    : files_(files), place_(std::move(place)) {
    if (place_for_preview(files, place_, root) != place_)
        throw refused(place_, "a folder on the way to it was exchanged for a link");
    there_before_ = nearest_folder(files, parent_of(place_));
    try {
        files.make_folders(parent_of(place_), 0700);
        files.make_folder(place_, 0700); // throws where somebody else made it first
        made_ = true;
    } catch (const Error&) {
        remove();
        throw;
    }
}

PreviewFolder::~PreviewFolder() {
    if (kept_) return;
    try {
        remove();
    } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): what can't be removed stays
    }
}

void PreviewFolder::remove() {
    if (made_) files_.remove_tree(place_);
    for (std::string folder = parent_of(place_); folder.size() > there_before_.size();
         folder = parent_of(folder))
        if (files_.status(folder) && files_.names_in(folder).empty()) files_.remove_folder(folder);
}

} // namespace lockstep
