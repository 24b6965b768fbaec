#include "packaging/drafted_file.h"

#include "payload/digest.h"
#include "updater/file_system.h"

namespace lockstep {
namespace {

constexpr std::uint64_t draft_limit = 1u << 30; // bytes; SQLite takes no longer text
constexpr std::string_view mark = "-- lockstep draft, sha256 of the rest: ";

bool is_untouched(const std::string& text) {
    const std::size_t end = text.find('\n');
    return end != std::string::npos &&
           text.substr(0, end) == std::string(mark) + sha256(text.substr(end + 1));
}

} // namespace

void require_untouched(const std::string& path) {
    if (!system_files().status(path) || is_untouched(read_text(system_files(), path, draft_limit))) return;
    Error error(Code::wrong_usage, "overwrite", path,
                "it was written or changed by hand since it was drafted");
    throw error.advise("Move it away, or draft into another folder.");
}

void write_drafted(const std::string& path, const std::string& content) {
    if (content.empty())
        system_files().remove_file(path);
    else
        write_durably(system_files(), path, std::string(mark) + sha256(content) + "\n" + content, 0644);
}

} // namespace lockstep
