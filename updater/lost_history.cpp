#include "updater/lost_history.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr std::size_t most_digits = 18; // of a number that an int64 holds

// A folder that this user may not read holds nothing that an update by this user left.
std::vector<std::string> readable_names(const FileSystem& files, const std::string& folder) try {
    const auto status = files.status(folder);
    return status && status->kind == FileKind::folder ? files.names_in(folder) : std::vector<std::string>();
} catch (const Error& error) {
    if (error.code() != Code::no_room_or_right) throw;
    return {};
}

bool is_beside(const std::string& name) {
    const std::string start = ".lockstep-";
    return name.starts_with(start) && transaction_of(name.substr(start.size())).has_value();
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the tree
void require_none_in(const FileSystem& files, const Layout& layout, const std::string& folder) {
    for (const std::string& name : readable_names(files, folder)) {
        const std::string path = joined(folder, name);
        if (path == layout.state()) continue;
        if (is_beside(name)) {
            if (!std::ranges::all_of(readable_names(files, path), &Layout::is_found))
                throw Error(Code::needs_person, "find the transaction of", path,
                            "the ledger, which knew it, is missing");
        } else if (const auto status = files.status(path); status && status->kind == FileKind::folder) {
            require_none_in(files, layout, path);
        }
    }
}

} // namespace

bool has_ledger(const FileSystem& files, const Layout& layout) {
    const auto status = files.status(layout.ledger());
    return status && (status->kind != FileKind::file || status->size > 0);
}

std::optional<std::int64_t> transaction_of(const std::string& name) {
    const std::string found = "-found";
    const std::string digits = name.ends_with(found) ? name.substr(0, name.size() - found.size()) : name;
    if (digits.empty() || digits.size() > most_digits) return std::nullopt;
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return std::stoll(digits);
}

std::int64_t highest_kept(const FileSystem& files, const Layout& layout) {
    std::int64_t highest = 0;
    for (const std::string& name : readable_names(files, layout.backups()))
        highest = std::max(highest, transaction_of(name).value_or(0));
    return highest;
}

bool keeps_a_database(const FileSystem& files, const Layout& layout) {
    return std::ranges::any_of(readable_names(files, layout.backups()), [&](const std::string& name) {
        return !readable_names(files, Layout::backup_folder(joined(layout.backups(), name))).empty();
    });
}

bool history_is_missing(const FileSystem& files, const Layout& layout, Ledger* ledger) {
    if (files.status(layout.trust()) && !(ledger && ledger->installed())) return true;
    return std::ranges::any_of(readable_names(files, layout.backups()), [&](const std::string& name) {
        const auto number = transaction_of(name);
        return number && !(ledger && ledger->transaction(*number));
    });
}

std::string missing_history(const FileSystem& files, const Layout& layout) {
    std::string text = "The history of earlier updates is missing: the ledger was lost.";
    if (highest_kept(files, layout) > 0)
        text += " The backups that were there are kept in " + layout.backups() + ".";
    return text;
}

void require_no_swap_beside(const FileSystem& files, const Layout& layout) {
    require_none_in(files, layout, layout.root());
}

} // namespace lockstep
