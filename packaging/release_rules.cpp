#include "packaging/release_rules.h"

#include "payload/error.h"
#include "payload/path_rules.h"
#include "payload/version.h"
#include "updater/file_system.h"

#include <algorithm>
#include <cctype>
#include <compare>
#include <set>

namespace lockstep {
namespace {

Error broken(const Release& release, const std::string& cause) {
    return {Code::wrong_usage, "use", release.file, cause};
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool is_word(const std::string& text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

bool is_platform_name(std::string name) {
    std::ranges::replace(name, '-', '_'); // it names a file, not an SQL schema
    return is_word(name);
}

void require_version(const Release& release, const std::string& key, const std::string& version) {
    if (!is_version(version)) throw broken(release, key + " '" + version + "' is not a version X.Y.Z");
}

void require_path(const Release& release, const std::string& key, const std::string& path) {
    if (const auto reason = path_refusal(path)) throw broken(release, key + " '" + path + "' " + *reason);
}

void require_versions(const Release& release) {
    require_version(release, "version", release.version);
    require_version(release, "floor", release.floor);
    if (std::is_gt(compare_versions(release.floor, release.version)))
        throw broken(release, "floor " + release.floor + " is above the version " + release.version);
    if (release.previous.empty())
        throw broken(release, "there is no [[previous]], so nothing could be updated");
    for (const PreviousRevision& previous : release.previous) {
        require_version(release, "version of [[previous]]", previous.version);
        if (std::is_gteq(compare_versions(previous.version, release.version)))
            throw broken(release,
                         "[[previous]] " + previous.version + " is not below the version " + release.version);
    }
}

// Names become schema names of one SQLite connection, beside the backups' "before" and "before_<name>".
void require_database_name(const Release& release, const std::string& name, bool first) {
    const std::string folded = lower(name);
    if (!is_word(name) || std::isdigit(static_cast<unsigned char>(name.front())))
        throw broken(release, "database name '" + name + "' must be a letter, then letters, digits and '_'");
    if (folded == "temp" || folded == prepared_database || folded.starts_with("before"))
        throw broken(release, "database name '" + name +
                                  "' is reserved: no 'temp', no 'prepared', nothing that begins with "
                                  "'before'");
    if (folded == "main" && !first)
        throw broken(release, "only the first [[database]] can be named 'main': it is main to every script");
}

// The first is every script's main, so every version has it.
void require_life(const Release& release, const DatabaseEntry& database, bool first) {
    const std::string place = "of [[database]] '" + database.name + "'";
    if (first && (database.since || database.retired))
        throw broken(release, "the first [[database]], '" + database.name +
                                  "', is main to every script, and can have neither 'since' nor 'retired'");
    if (database.since) require_version(release, "since " + place, *database.since);
    if (database.retired) require_version(release, "retired " + place, *database.retired);
    for (const auto& version : {database.since, database.retired})
        if (version && std::is_gt(compare_versions(*version, release.version)))
            throw broken(release, *version + " " + place + " is above the version " + release.version);
    if (database.since && database.retired &&
        std::is_gteq(compare_versions(*database.since, *database.retired)))
        throw broken(release, "[[database]] '" + database.name + "' is retired before it is there");
}

void require_databases(const Release& release) {
    if (release.databases.empty()) throw broken(release, "there is no [[database]]");
    if (release.databases.size() > database_limit)
        throw broken(release, "there are " + std::to_string(release.databases.size()) + " databases; " +
                                  std::to_string(database_limit) + " is the most");
    std::set<std::string> names;
    std::vector<std::string> paths;
    for (const DatabaseEntry& database : release.databases) {
        require_database_name(release, database.name, names.empty());
        require_path(release, "database path", database.path);
        require_life(release, database, names.empty());
        if (!names.insert(lower(database.name)).second)
            throw broken(release, "two databases are named '" + database.name + "'");
        if (std::ranges::find(paths, database.path) != paths.end())
            throw broken(release, "two databases have the path '" + database.path + "'");
        paths.push_back(database.path);
    }
    if (const auto pair = colliding_paths(paths))
        throw broken(release,
                     "'" + pair->first + "' and '" + pair->second + "' are one file on some systems");
}

bool has_database(const Release& release, const std::string& version, const std::string& name) {
    return std::ranges::any_of(release.databases, [&](const DatabaseEntry& database) {
        return database.name == name && lives_in(database, version);
    });
}

void require_samples(const Release& release) {
    for (const PreviousRevision& previous : release.previous)
        for (const auto& [name, files] : previous.samples)
            if (!has_database(release, previous.version, name))
                throw broken(release, "samples of " + previous.version + ": it has no [[database]] named '" +
                                          name + "'");
}

bool is_shrink(const std::string& value) {
    const bool percent = value.ends_with('%');
    const std::string digits = percent ? value.substr(0, value.size() - 1) : value;
    if (digits.empty() || digits.size() > 15) return false; // 2^53 has 16
    if (!std::ranges::all_of(digits, [](unsigned char c) { return std::isdigit(c) != 0; })) return false;
    return !percent || std::stoll(digits) <= 100;
}

void require_shrinks(const Release& release) {
    for (const auto& [table, value] : release.declarations.max_shrink) {
        if (is_shrink(value)) continue;
        std::string cause = "max_shrink of '";
        cause.append(table).append("' is '").append(value);
        throw broken(release, cause + "'; it must be a number of rows, or a share from \"0%\" to \"100%\"");
    }
}

void require_platforms(const Release& release) {
    std::set<std::string> seen;
    for (const std::string& platform : release.platforms) {
        if (!is_platform_name(platform) || platform == "all" || platform == "prepare" ||
            platform == "revert" || platform == "checks")
            throw broken(
                release,
                "platform '" + platform +
                    "' must be letters, digits, '_' and '-', and not 'all', 'prepare', 'revert' or 'checks'");
        if (!seen.insert(lower(platform)).second)
            throw broken(release, "platform '" + platform + "' stands twice");
    }
    for (const std::string& platform : release.critical_platforms)
        if (std::ranges::find(release.platforms, platform) == release.platforms.end())
            throw broken(release, "critical_platforms: '" + platform + "' is none of the platforms");
}

void require_paths(const Release& release) {
    for (const std::string& path : release.entry_points) require_path(release, "entry point", path);
    for (const PreviousRevision& previous : release.previous)
        for (const std::string& path : previous.entry_points.value_or(std::vector<std::string>{}))
            require_path(release, "entry point of " + previous.version, path);
    for (std::string pattern : release.preserve) {
        const std::string written = pattern;
        std::ranges::replace_if(
            pattern, [](char c) { return c == '*' || c == '?'; }, 'x');
        if (const auto reason = path_refusal(pattern))
            throw broken(release, "preserve '" + written + "' " + *reason);
    }
}

void require_kind(const Release& release, const std::string& key, const std::string& path, FileKind kind) {
    const auto status = system_files().status(path);
    const std::string noun = kind == FileKind::folder ? "folder" : "file";
    if (!status) throw broken(release, key + ": there is no " + noun + " '" + path + "'");
    if (status->kind != kind) throw broken(release, key + ": '" + path + "' is not a " + noun);
}

} // namespace

void require_rules(const Release& release) {
    require_versions(release);
    require_databases(release);
    require_samples(release);
    require_shrinks(release);
    require_platforms(release);
    require_paths(release);
}

void require_files(const Release& release) {
    require_kind(release, "code", release.code, FileKind::folder);
    if (!release.migrations.empty())
        require_kind(release, "migrations", release.migrations, FileKind::folder);
    for (const PreviousRevision& previous : release.previous) {
        require_kind(release, "code of " + previous.version, previous.code, FileKind::folder);
        for (const auto& [name, files] : previous.samples)
            for (const std::string& file : files)
                require_kind(release, "samples of " + previous.version, file, FileKind::file);
    }
    for (const std::string& document : release.trust)
        require_kind(release, "trust", document, FileKind::file);
}

} // namespace lockstep
