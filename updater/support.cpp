#include "updater/support.h"

#include "payload/language.h"
#include "payload/sqlite.h"
#include "updater/layout.h"
#include "updater/process.h"
#include "updater/session.h"
#include "updater/status.h"

#include <algorithm>
#include <functional>
#include <set>

namespace lockstep {
namespace {

constexpr std::uint64_t end_of_log = 64u << 10; // bytes

std::string line_of(const FileSystem& files, const std::string& path, const FileStatus& status) {
    std::string line = path + "  ";
    if (status.kind == FileKind::link) return line + "a link to " + files.link_target(path) + "\n";
    line += status.kind == FileKind::file ? std::to_string(status.size) + " bytes" : "a folder";
    return line + ", owner " + std::to_string(status.owner) + "\n";
}

void list(const FileSystem& files, const std::string& folder, std::string& text) {
    for (const std::string& name : files.names_in(folder)) {
        const std::string path = joined(folder, name);
        const auto status = files.status(path);
        if (!status) continue;
        text += line_of(files, path, *status);
        if (status->kind == FileKind::folder) list(files, path, text);
    }
}

std::string volume_text(const FileSystem& files, const std::string& path) {
    const VolumeStatus volume = files.volume(path);
    return path + "  " + volume.type + ", " + std::to_string(volume.free_bytes) + " bytes free" +
           (volume.read_only ? ", read-only" : "") + (volume.network ? ", on a network" : "") + "\n";
}

std::string databases_text(const FileSystem& files, const Layout& layout, Ledger* ledger) {
    std::string text;
    const auto installed = ledger ? ledger->installed() : std::nullopt;
    if (!installed) return "none is known: no update has been made here\n";
    for (const DatabaseRecord& database : ledger->databases(installed->id))
        for (const char* const end : {"", "-wal", "-shm", "-journal"})
            if (const auto status = files.status(layout.absolute(database.path) + end))
                text += line_of(files, layout.absolute(database.path) + end, *status);
    return text;
}

std::string end_of(const FileSystem& files, const std::string& path) {
    if (!files.status(path)) return "there is none\n";
    const auto file = files.open(path);
    const std::uint64_t size = std::min(file->size(), end_of_log);
    std::string text(size, '\0');
    file->read(file->size() - size, std::as_writable_bytes(std::span(text)));
    return text;
}

// A part that can't be found out is what help is asked for: it says why, and the others follow.
std::string part(const std::string& title, const std::function<std::string()>& content) {
    std::string text = "\n== " + title + "\n";
    try {
        return text + content();
    } catch (const std::exception&) {
        return text + caught_error().what() + "\n";
    }
}

std::string support_text(const FileSystem& files, const Layout& layout) {
    std::unique_ptr<Ledger> ledger;
    std::string text = "Lockstep, for support: " + utc_now() + "\n";
    text += part("Versions", [] {
        return "update " + std::string(LOCKSTEP_ENGINE_VERSION) + ", SQLite " +
               *Database(":memory:", OpenMode::create).text("SELECT sqlite_version()") + ", " +
               system_description() + "\n";
    });
    text += part("Ledger", [&]() -> std::string {
        ledger = ledger_of(files, layout);
        if (!ledger) return "there is none\n";
        ledger->require_sound();
        return "sound\n";
    });
    text += part("Status", [&] { return status_text(files, ledger.get(), layout.root()); });
    text += part("History", [&] { return history_text(files, ledger.get(), layout.root()); });
    text += part("Volume", [&] { return volume_text(files, layout.root()); });
    text += part("Databases", [&] { return databases_text(files, layout, ledger.get()); });
    text += part("Lockstep's own files", [&] {
        std::string listed;
        if (files.status(layout.state())) list(files, layout.state(), listed);
        return listed;
    });
    return text + part("The end of the log of scheduled runs", [&] { return end_of(files, layout.log()); });
}

std::string default_name() {
    std::string time = utc_now();
    std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
    return "lockstep-support-" + time + ".txt";
}

} // namespace

Outcome write_support_file(FileSystem& files, const std::string& root, const std::string& path) {
    const Layout layout(files.real_path(root));
    const std::string name = path.empty() ? default_name() : path;
    if (files.status(name))
        throw Error(Code::wrong_usage, "write the support file", name, "it exists already");
    const std::string text = support_text(files, layout);
    const auto file = files.create(name, 0600);
    file->write(bytes_of(text));
    file->sync();
    Outcome outcome;
    outcome.outcome = "support-file-written";
    outcome.message = "Wrote " + name + ". Send it to whoever helps you: none of your records are in it.";
    outcome.advice = say(meaning_of(Code::ok).advice);
    return outcome;
}

} // namespace lockstep
