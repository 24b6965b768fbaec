#include "updater/revision_match.h"

#include "payload/digest.h"
#include "payload/language.h"
#include "payload/path_rules.h"
#include "payload/schema.h"
#include "payload/version.h"
#include "updater/process.h"
#include "updater/progress.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <sqlite3.h>

namespace lockstep {
namespace {

constexpr std::size_t shown_differences = 20; // "name the first 20 differences"

using Fingerprints = std::map<std::string, Fingerprint>;

std::vector<const Revision*> all_revisions(const Manifest& manifest) {
    std::vector<const Revision*> all{&manifest.target};
    for (const Revision& revision : manifest.from) all.push_back(&revision);
    return all;
}

std::map<std::string, InstalledFile> installed_files(const FileSystem& files, const Layout& layout,
                                                     const Manifest& manifest) {
    std::map<std::string, InstalledFile> found;
    std::string held_path; // of `held`: a list of files goes folder by folder
    std::unique_ptr<HeldFolder> held;
    for (const Revision* revision : all_revisions(manifest)) {
        for (const FileEntry& entry : revision->files) {
            if (found.contains(entry.path)) continue;
            stop_if_cancelled();
            if (const std::string folder = parent_of(entry.path); folder != held_path) {
                held = files.hold_folder(layout.root(), folder);
                held_path = folder;
            }
            const auto status = held ? held->status(name_of(entry.path)) : std::nullopt;
            if (!status) continue;
            InstalledFile file{*status, {}};
            if (status->kind == FileKind::file) file.sha256 = sha256(*held->open(name_of(entry.path)));
            found.emplace(entry.path, std::move(file));
        }
    }
    return found;
}

std::string wrong_kind(const FileStatus& status) {
    switch (status.kind) {
    case FileKind::folder:
        return "is a folder";
    case FileKind::link:
        return "is a symbolic link";
    default:
        return "is not a regular file";
    }
}

struct CodeDifferences {
    std::vector<std::string> sentences;
    bool can_be_set_aside = true; // a changed file can, a folder or a link in a file's place can't
};

// Against `revision`, with the paths that the target wants and the revision doesn't have.
CodeDifferences code_differences(const std::map<std::string, InstalledFile>& found, const Revision& revision,
                                 const Manifest& manifest) {
    CodeDifferences result;
    std::set<std::string> named;
    for (const FileEntry& entry : revision.files) {
        named.insert(entry.path);
        const auto file = found.find(entry.path);
        if (file == found.end()) {
            result.sentences.push_back(entry.path + " is missing");
        } else if (file->second.sha256.empty()) {
            result.sentences.push_back(entry.path + " " + wrong_kind(file->second.status));
            result.can_be_set_aside = false;
        } else if (file->second.sha256 != entry.sha256) {
            result.sentences.push_back(entry.path + " was changed");
        }
    }
    for (const FileEntry& entry : manifest.target.files) {
        const auto file = found.find(entry.path);
        if (named.contains(entry.path) || file == found.end()) continue;
        result.sentences.push_back(entry.path + " is a file of your own where version " + manifest.version +
                                   " puts one");
        if (file->second.sha256.empty()) result.can_be_set_aside = false;
    }
    return result;
}

// How far the code is from a revision; less is nearer.
struct Distance {
    std::size_t differences = 0;
    std::size_t leftovers = 0; // files of another revision that this one doesn't have
    std::size_t modes = 0;     // a copy over a FAT volume loses them: they only decide between equals
    auto operator<=>(const Distance&) const = default;
};

bool has_leftover(const Revision& revision, const std::string& path, const InstalledFile& file,
                  const Manifest& manifest) {
    const auto entry_in = [&](const Revision& each) {
        const auto entry = std::ranges::lower_bound(each.files, path, {}, &FileEntry::path);
        return entry != each.files.end() && entry->path == path ? &*entry : nullptr;
    };
    if (entry_in(revision)) return false;
    return std::ranges::any_of(all_revisions(manifest), [&](const Revision* other) {
        const FileEntry* entry = entry_in(*other);
        return entry && entry->sha256 == file.sha256;
    });
}

Distance distance(const std::map<std::string, InstalledFile>& found, const Revision& revision,
                  const Manifest& manifest) {
    Distance result;
    result.differences = code_differences(found, revision, manifest).sentences.size();
    for (const auto& [path, file] : found)
        if (has_leftover(revision, path, file, manifest)) ++result.leftovers;
    for (const FileEntry& entry : revision.files)
        if (const auto file = found.find(entry.path);
            file != found.end() && file->second.status.mode != entry.mode)
            ++result.modes;
    return result;
}

bool accepts(const Revision& revision, const std::string& database, const Fingerprint& found) {
    const auto accepted = revision.schemas.find(database);
    if (accepted == revision.schemas.end()) return false;
    return std::ranges::any_of(accepted->second,
                               [&](const Fingerprint& schema) { return schema.sha256 == found.sha256; });
}

bool accepts_all(const Revision& revision, const Fingerprints& found) {
    return std::ranges::all_of(
        found, [&](const auto& entry) { return accepts(revision, entry.first, entry.second); });
}

std::vector<std::string> database_differences(const Revision& revision, const Fingerprints& found) {
    std::vector<std::string> sentences;
    for (const auto& [name, schema] : found) {
        if (accepts(revision, name, schema)) continue;
        const auto accepted = revision.schemas.find(name);
        if (accepted == revision.schemas.end() || accepted->second.empty()) {
            sentences.push_back("database " + name + " is not part of this version");
            continue;
        }
        for (const std::string& difference : schema_differences(accepted->second.front(), schema))
            sentences.push_back("database " + name + ": " + difference);
    }
    return sentences;
}

std::string listed(const std::vector<std::string>& sentences) {
    std::string text;
    for (std::size_t i = 0; i < std::min(sentences.size(), shown_differences); ++i)
        text += "\n  " + sentences[i];
    if (sentences.size() > shown_differences)
        text += "\n  and " + std::to_string(sentences.size() - shown_differences) + " more";
    return text;
}

// The databases that are there, by their schemas. What stands at the path of one that not every version has,
// and is no database, need not be one: it is in `unreadable`.
struct FoundDatabases {
    Fingerprints schemas;
    std::map<std::string, Error> unreadable;
    bool none() const { return schemas.empty() && unreadable.empty(); }
};

bool comes_or_goes(const DatabaseEntry& entry) {
    return entry.since || entry.retired;
}

Fingerprint installed_fingerprint(const FileSystem& files, const std::string& path, const FileStatus& status,
                                  const DatabaseEntry& entry, const Manifest& manifest) {
    if (status.kind != FileKind::file)
        throw Error(Code::not_recognised, "use the database", path, "it " + wrong_kind(status));
    if (status.size == 0)
        throw Error(Code::live_damaged, "use the database", path,
                    "it is empty: a file of no bytes, without even its tables");
    return live_fingerprint(files, path, entry, manifest);
}

FoundDatabases find_databases(const FileSystem& files, const Layout& layout, const Manifest& manifest) {
    FoundDatabases found;
    for (const DatabaseEntry& entry : manifest.databases) {
        const std::string path = layout.absolute(entry.path);
        files.require_no_links(layout.root(), parent_of(entry.path));
        const auto status = files.status(path);
        if (!status) continue;
        try {
            found.schemas.emplace(entry.name, installed_fingerprint(files, path, *status, entry, manifest));
        } catch (const Error& error) {
            const bool no_database =
                error.code() == Code::live_damaged || error.code() == Code::not_recognised;
            if (!no_database || !comes_or_goes(entry)) throw;
            found.unreadable.emplace(entry.name, error);
        }
    }
    return found;
}

// A log or journal with content, of a database that isn't there: it was, and went missing.
std::optional<std::string> orphan_beside(const FileSystem& files, const std::string& database) {
    for (const std::string end : {"-wal", "-journal"})
        if (const auto status = files.status(database + end); status && status->size > 0)
            return database + end;
    return std::nullopt;
}

// Of the databases that this version has, either all are there, or the application was never started.
void require_all_or_none(const FileSystem& files, const Manifest& manifest, const Layout& layout,
                         const FoundDatabases& found, const std::string& version, bool had_databases) {
    for (const DatabaseEntry& entry : manifest.databases) {
        if (!lives_in(entry, version) || found.schemas.contains(entry.name)) continue;
        if (const auto orphan = orphan_beside(files, layout.absolute(entry.path)))
            throw Error(Code::not_recognised, "find the database", layout.absolute(entry.path),
                        "there is no such file, but it was there: " + *orphan + " belongs to it");
        if (found.none() && !had_databases) continue;
        throw Error(Code::not_recognised, "find the database", layout.absolute(entry.path),
                    found.none() ? "it was there at the last update, and now there is no such file"
                                 : "there is no such file, while the other databases are there");
    }
}

// What isn't readable belongs to the version, or stands where the new version makes a database.
void require_readable(const Manifest& manifest, const Layout& layout, const FoundDatabases& found,
                      const std::string& version) {
    for (const DatabaseEntry& entry : manifest.databases) {
        const auto unreadable = found.unreadable.find(entry.name);
        if (unreadable == found.unreadable.end()) continue;
        if (lives_in(entry, version)) throw Error(unreadable->second);
        throw Error(Code::not_recognised, "recognise the installation in", layout.root(),
                    entry.path + " is a file of your own where version " + version +
                        " has no database: " + unreadable->second.cause())
            .advise(say(Message::move_that_file));
    }
}

// The one of `candidates`, at least one, whose code differs least; the first of several.
const Revision& nearest_of(const std::vector<const Revision*>& candidates, const Manifest& manifest,
                           const std::map<std::string, InstalledFile>& files) {
    const Revision* best = candidates.front();
    Distance least = distance(files, *best, manifest);
    for (const Revision* revision : std::span(candidates).subspan(1)) {
        const Distance now = distance(files, *revision, manifest);
        if (now < least) {
            best = revision;
            least = now;
        }
    }
    return *best;
}

const Revision& nearest_by_code(const Manifest& manifest, const std::map<std::string, InstalledFile>& files) {
    return nearest_of(all_revisions(manifest), manifest, files);
}

// The revision whose databases fit and whose code differs least.
const Revision* nearest_that_fits(const Manifest& manifest, const std::map<std::string, InstalledFile>& files,
                                  const Fingerprints& found) {
    std::vector<const Revision*> fitting = all_revisions(manifest);
    std::erase_if(fitting, [&](const Revision* revision) { return !accepts_all(*revision, found); });
    return fitting.empty() ? nullptr : &nearest_of(fitting, manifest, files);
}

// The code is that of `other` to the byte, and not that of `revision`; of versions with equal code it is
// both.
bool is_plainly_another(const std::map<std::string, InstalledFile>& files, const Revision& other,
                        const Revision& revision, const Manifest& manifest) {
    if (&other == &revision) return false;
    const Distance to_other = distance(files, other, manifest);
    const Distance to_this = distance(files, revision, manifest);
    return to_other.differences == 0 && (to_this.differences > 0 || to_this.leftovers > to_other.leftovers);
}

[[noreturn]] void refuse_databases(const Layout& layout, const Manifest& manifest, const Recognised& result,
                                   const Fingerprints& found) {
    const Revision& code = nearest_by_code(manifest, result.files);
    const auto changes = code_differences(result.files, code, manifest).sentences;
    std::string cause =
        changes.empty()
            ? "the code is version " + code.version + ", but the database is not of that version:"
            : "neither its code nor its database is of a version that this update knows; nearest is " +
                  code.version + ":";
    std::vector<std::string> sentences = changes;
    const auto schema = database_differences(code, found);
    sentences.insert(sentences.end(), schema.begin(), schema.end());
    for (const Revision* other : all_revisions(manifest))
        if (other != &code && accepts_all(*other, found))
            sentences.push_back("the database is of version " + other->version);
    throw Error(Code::not_recognised, "recognise the installation in", layout.root(),
                cause + listed(sentences));
}

} // namespace

Database open_live(const FileSystem& files, const std::string& path) {
    const auto wal = files.status(path + "-wal");
    Database database(path, OpenMode::read_write, Code::live_damaged);
    // Closing must not checkpoint: a refused installation keeps its -wal as it is. Where there is nothing in
    // one, closing removes what opening made.
    if (wal && wal->size > 0)
        sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return database;
}

Fingerprint live_fingerprint(const FileSystem& files, const std::string& path, const DatabaseEntry& entry,
                             const Manifest& manifest) try {
    Database database = open_live(files, path);
    return fingerprint_of(database, "main", {entry.mask_defaults, manifest.declarations.ignore_tables});
} catch (const Error& error) {
    // In WAL mode even a reader writes, beside the database.
    if (error.code() == Code::no_room_or_right)
        throw Error(Code::no_room_or_right, "read the database", path,
                    files.volume(path).read_only ? "the volume is read-only" : error.cause());
    if (error.code() != Code::busy) throw;
    throw Error(
        Code::busy, "read the database", path,
        say(Message::who_uses_it, {names_of(holders_of({files.status(path).value_or(FileStatus{})}))}));
}

Recognised recognise(const FileSystem& files, const Layout& layout, const Manifest& manifest, bool set_aside,
                     bool had_databases) {
    Recognised result;
    result.files = installed_files(files, layout, manifest);
    const FoundDatabases databases = find_databases(files, layout, manifest);
    const Fingerprints& found = databases.schemas;
    result.databases_absent = databases.none() && !manifest.databases.empty();
    const Revision& by_code = nearest_by_code(manifest, result.files);
    result.revision = nearest_that_fits(manifest, result.files, found);
    const Revision& likely = result.revision ? *result.revision : by_code;
    require_readable(manifest, layout, databases, likely.version);
    require_all_or_none(files, manifest, layout, databases, likely.version, had_databases);
    if (!result.revision) refuse_databases(layout, manifest, result, found);

    CodeDifferences changes = code_differences(result.files, *result.revision, manifest);
    // With code of one version and a database of another, the database is the one that names what was to be
    // there.
    if (is_plainly_another(result.files, by_code, *result.revision, manifest))
        throw Error(Code::not_recognised, "recognise the installation in", layout.root(),
                    "the code is version " + by_code.version + ", but the database is of version " +
                        result.revision->version);
    if (!changes.sentences.empty() && (!set_aside || !changes.can_be_set_aside))
        throw Error(Code::not_recognised, "recognise the installation in", layout.root(),
                    "it is nearest to version " + result.revision->version +
                        ", but was changed:" + listed(changes.sentences));
    result.local_changes = std::move(changes.sentences);
    const bool to_be_initialised = result.databases_absent && manifest.init;
    result.up_to_date =
        result.revision == &manifest.target && result.local_changes.empty() && !to_be_initialised;
    return result;
}

} // namespace lockstep
