#include "updater/preflight.h"

#include "payload/language.h"
#include "payload/sqlite.h"
#include "updater/process.h"

#include <algorithm>
#include <map>

namespace lockstep {
namespace {

constexpr std::uint64_t ledger_reserve = 4u << 20;   // bytes: the ledger's own, and its journal
constexpr std::uint64_t ledger_placement = 1u << 10; // and for each file that changes
constexpr std::uint64_t block = 4096;                // bytes: the usual one of file systems
constexpr int low_battery = 20;                      // percent
constexpr std::int64_t highest_transaction = 999'999;

struct Need {
    std::uint64_t bytes = 0;
    std::uint64_t largest = 0; // of one file
    std::string folder;
};
using Needs = std::map<std::uint64_t, Need>; // by volume

void need(Needs& needs, const FileSystem& files, const std::string& folder, std::uint64_t bytes) {
    const std::string existing = nearest_folder(files, folder);
    Need& entry = needs[files.status(existing)->volume];
    entry.bytes += bytes;
    entry.largest = std::max(entry.largest, bytes);
    if (entry.folder.empty()) entry.folder = existing;
}

// New files and gates, each in whole blocks.
std::uint64_t staging_bytes(const Plan& plan, const Manifest& manifest) {
    std::uint64_t bytes = 0;
    for (const FileChange& change : plan.changes) {
        if (change.changed && change.new_entry) bytes += change.new_entry->size + block;
        if (change.entry_point) bytes += manifest.gate_size + block;
    }
    return bytes;
}

std::uint64_t tree_bytes(const FileSystem& files, const std::string& folder) {
    std::uint64_t bytes = 0;
    for (const std::string& name : files.names_in(folder)) {
        if (name == ".lockstep") continue;
        const std::string path = joined(folder, name);
        const auto status = files.status(path);
        if (!status) continue;
        bytes += status->kind == FileKind::folder ? tree_bytes(files, path) : status->size;
    }
    return bytes;
}

std::string megabytes(std::uint64_t bytes) {
    return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

void require_room(const FileSystem& files, const Needs& needs) {
    for (const auto& [id, required] : needs) {
        const VolumeStatus volume = files.volume(required.folder);
        if (volume.read_only)
            throw Error(Code::no_room_or_right, "write to", required.folder, "the volume is read-only");
        if (volume.free_bytes < required.bytes)
            throw Error(Code::no_room_or_right, "find room on the volume of", required.folder,
                        megabytes(required.bytes) + " are needed and " + megabytes(volume.free_bytes) +
                            " are free");
        if (required.largest > volume.largest_file)
            throw Error(Code::no_room_or_right,
                        "put a file of " + megabytes(required.largest) + " on the volume of", required.folder,
                        "its file system (" + volume.type + ") can't hold one that large");
    }
}

void require_no_network(const VolumeStatus& volume, const std::string& path) {
    if (volume.network)
        throw Error(Code::no_room_or_right, "update the database", path,
                    "it lies on a network volume (" + volume.type + "), where locks can't be relied on");
}

void check_databases(Session& session, const Plan& plan) {
    FileSystem& files = session.files();
    for (const DatabaseChange& change : plan.databases) {
        const DatabaseEntry& entry = change.entry;
        const std::string path = session.layout().absolute(entry.path);
        const auto status = files.status(path);
        if (!status && change.after)
            require_no_network(files.volume(nearest_folder(files, parent_of(path))), path);
        if (!status) continue;
        // What is kept of it has a longer name than itself.
        if (Layout::backup(session.layout().kept(highest_transaction), entry.name).size() >
            longest_database_path)
            throw Error(Code::no_room_or_right, "keep a backup in", session.layout().state(),
                        "its path would be longer than the " + std::to_string(longest_database_path) +
                            " bytes that SQLite takes")
                .advise(say(Message::shorten_the_path));
        const VolumeStatus volume = files.volume(path);
        require_no_network(volume, path);
        if (status->names > 1)
            throw Error(Code::not_recognised, "update the database", path,
                        "the file has " + std::to_string(status->names) + " names (hard links)");
        if (!volume.journaled) session.progress().note(say(Message::no_journal, {path, volume.type}));
    }
}

void require_not_running(Session& session, const Manifest& manifest, const Plan& plan,
                         const std::vector<FileStatus>& code) {
    std::vector<FileStatus> watched;
    for (const FileChange& change : plan.changes)
        if (change.entry_point && change.old_file) watched.push_back(change.old_file->status);
    for (const DatabaseEntry& entry : manifest.databases)
        if (const auto status = session.files().status(session.layout().absolute(entry.path)))
            watched.push_back(*status);
    auto holders = holders_of(watched);
    if (holders.empty()) holders = runners_of(code);
    if (!holders.empty())
        throw Error(Code::busy, "begin in", session.layout().root(),
                    say(Message::who_uses_it, {names_of(holders)}));
}

} // namespace

double rehearsed_growth(const Manifest& manifest, const std::string& from) {
    double growth = 1;
    for (const RehearsalRun& run : manifest.rehearsal)
        if (run.from == from) growth = std::max(growth, run.growth);
    return growth;
}

void preflight(Session& session, const Manifest& manifest, const Plan& plan, const PreflightFor& what) {
    FileSystem& files = session.files();
    const std::string state = session.layout().state();
    const double growth = rehearsed_growth(manifest, plan.from);
    Needs needs;
    need(needs, files, state, staging_bytes(plan, manifest) + session.engine_size());
    need(needs, files, state, ledger_reserve + plan.changes.size() * ledger_placement);
    std::uint64_t trials = 0;
    check_databases(session, plan);
    for (const DatabaseChange& change : plan.databases) {
        const std::string path = session.layout().absolute(change.entry.path);
        const auto status = files.status(path);
        if (!status) continue;
        const auto trial = static_cast<std::uint64_t>(static_cast<double>(status->size) * growth * 1.1);
        need(needs, files, state, status->size);                           // backup
        need(needs, files, change.after ? parent_of(path) : state, trial); // trial copy
        need(needs, files, state, trial / 2); // SQLite's temporary files: a large table's sort
        trials += trial;
    }
    if (const auto prepared = files.status(what.prepared))
        need(needs, files, state, prepared->size); // its copy
    if (what.preview) need(needs, files, state, tree_bytes(files, session.layout().root()) + trials);
    require_room(files, needs);
    if (!what.in_use) require_not_running(session, manifest, plan, what.code);
    if (const auto percent = battery_percent(); percent && *percent < low_battery)
        session.progress().note(say(Message::low_battery, {std::to_string(*percent)}));
}

} // namespace lockstep
