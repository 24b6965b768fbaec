#include "payload/path_rules.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <utf8proc.h>

namespace lockstep {
namespace {

constexpr std::size_t longest_part =
    255; // bytes: NAME_MAX of Linux, and at most 255 UTF-16 units for Windows
constexpr std::size_t longest_path = 4096; // bytes: PATH_MAX of Linux

using Points = std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)>;

// As a file system that ignores case and normalises would compare it; nothing where `text` isn't UTF-8.
// Ignorable characters count as nothing, since some file systems (ext4 with casefold, HFS+) drop them.
std::optional<std::string> folded(std::string_view text) {
    utf8proc_uint8_t* result = nullptr;
    constexpr int options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    const utf8proc_ssize_t size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                               static_cast<utf8proc_ssize_t>(text.size()), &result,
                                               static_cast<utf8proc_option_t>(options));
    const Points owner(result, &std::free);
    if (size < 0) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(result), static_cast<std::size_t>(size));
}

std::string upper_case(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

// https://learn.microsoft.com/windows/win32/fileio/naming-a-file: with any extension, and with superscript
// digits.
bool is_device_name(std::string_view part) {
    std::string_view base = part.substr(0, part.find('.'));
    while (base.ends_with(' ')) base.remove_suffix(1);
    const std::string name = upper_case(base);
    constexpr std::array<std::string_view, 6> plain{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
    if (std::ranges::find(plain, name) != plain.end()) return true;
    if (!name.starts_with("COM") && !name.starts_with("LPT")) return false;
    const std::string_view port = std::string_view(name).substr(3);
    return (port.size() == 1 && port[0] >= '0' && port[0] <= '9') || port == "\u00b9" || port == "\u00b2" ||
           port == "\u00b3";
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::optional<std::string> part_refusal(std::string_view part) {
    const std::string shown = "'" + std::string(part) + "'";
    if (part.empty()) return "is absolute or has an empty part";
    if (part == "." || part == "..") return "has the part " + shown;
    if (part.size() > longest_part) return "has a part longer than 255 bytes";
    if (std::ranges::any_of(part, is_control)) return "has a control character";
    const std::size_t place = part.find_first_of("\\:<>\"|?*");
    if (place != std::string_view::npos)
        return "has a character that Windows doesn't allow in names, '" + std::string(1, part[place]) + "'";
    if (part.ends_with('.') || part.ends_with(' '))
        return "has a part that ends with a dot or a space, " + shown;
    if (is_device_name(part)) return "has a part that Windows keeps for a device, " + shown;
    return std::nullopt;
}

// What stands at a folded name: the first path that used it, and how that path wrote it.
struct Claim {
    std::string written;
    std::size_t path;
    bool is_file;
};

std::string folded_or_itself(std::string_view text) {
    return folded(text).value_or(std::string(text));
}

} // namespace

std::optional<std::string> path_refusal(std::string_view path) {
    if (path.empty()) return "is empty";
    if (path.size() > longest_path) return "is longer than 4096 bytes";
    const auto canonical = folded(path.substr(0, path.find('/')));
    if (!folded(path) || !canonical) return "is not UTF-8";
    if (*canonical == ".lockstep") return "lies in '.lockstep', which is the updater's own";
    for (std::string_view rest = path;;) {
        const std::size_t slash = rest.find('/');
        if (auto refusal = part_refusal(rest.substr(0, slash))) return refusal;
        if (slash == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(slash + 1);
    }
}

std::optional<std::pair<std::string, std::string>> colliding_paths(const std::vector<std::string>& paths) {
    std::map<std::string, Claim> claims; // by folded name, of files and of the folders on the way to them
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const std::string_view path = paths[i];
        for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
            const bool is_file = end == std::string_view::npos;
            const std::string_view written = path.substr(0, end);
            const auto [claim, added] =
                claims.try_emplace(folded_or_itself(written), Claim{std::string(written), i, is_file});
            const Claim& earlier = claim->second;
            if (!added && (is_file || earlier.is_file || earlier.written != written))
                return std::pair(paths[earlier.path], paths[i]);
            if (is_file) break;
        }
    }
    return std::nullopt;
}

// `**/` stands for any number of folders, none among them; a `**` elsewhere for any characters.
bool matches_pattern(std::string_view pattern, std::string_view path) {
    if (pattern.empty()) return path.empty();
    if (pattern.starts_with("**/")) {
        const std::size_t slash = path.find('/');
        return matches_pattern(pattern.substr(3), path) ||
               (slash != std::string_view::npos && matches_pattern(pattern, path.substr(slash + 1)));
    }
    if (pattern.starts_with("**"))
        return matches_pattern(pattern.substr(2), path) ||
               (!path.empty() && matches_pattern(pattern, path.substr(1)));
    if (pattern.front() == '*')
        return matches_pattern(pattern.substr(1), path) ||
               (!path.empty() && path.front() != '/' && matches_pattern(pattern, path.substr(1)));
    if (path.empty()) return false;
    if (pattern.front() == '?') {
        if (path.front() == '/') return false;
        std::size_t size = 1; // a whole UTF-8 character
        while (size < path.size() && (static_cast<unsigned char>(path[size]) & 0xc0) == 0x80) ++size;
        return matches_pattern(pattern.substr(1), path.substr(size));
    }
    return pattern.front() == path.front() && matches_pattern(pattern.substr(1), path.substr(1));
}

} // namespace lockstep
