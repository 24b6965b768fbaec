#include "packaging/release.h"

#include "packaging/release_rules.h"
#include "packaging/toml_reader.h"
#include "payload/version.h"
#include "updater/file_system.h"

#include <algorithm>
#include <compare>
#include <filesystem>

namespace lockstep {
namespace {

constexpr std::uint64_t release_limit = 4u << 20; // bytes

std::string resolved(const Release& release, const std::string& path) {
    return (std::filesystem::path(release.folder) / path).lexically_normal().generic_string();
}

std::vector<std::string> resolved(const Release& release, std::vector<std::string> paths) {
    for (std::string& path : paths) path = resolved(release, path);
    return paths;
}

Declarations read_declarations(TomlReader& reader) {
    Declarations declarations;
    declarations.max_shrink = reader.text_or_number_map("max_shrink");
    declarations.renamed_tables = reader.text_map("renamed_tables");
    declarations.dropped_tables = reader.texts("dropped_tables");
    declarations.moved_columns = reader.text_map("moved_columns");
    declarations.changed_columns = reader.texts("changed_columns");
    declarations.dropped_columns = reader.texts("dropped_columns");
    declarations.ignore_tables = reader.texts("ignore_tables");
    declarations.journal = reader.flag("journal").value_or(false);
    return declarations;
}

int read_timeout(TomlReader& reader, int standard) {
    const std::int64_t seconds = reader.number("timeout_s").value_or(standard);
    if (seconds < 1 || seconds > 86'400)
        throw reader.wrong("timeout_s", "'timeout_s' must be from 1 to 86400 seconds");
    return static_cast<int>(seconds);
}

std::optional<Health> read_health(TomlReader& reader) {
    std::optional<TomlReader> table = reader.table("health");
    if (!table) return std::nullopt;
    Health health;
    health.argv = table->texts("argv");
    if (health.argv.empty())
        throw table->wrong("argv", "'health' needs 'argv', the program and its arguments");
    health.timeout_s = read_timeout(*table, health.timeout_s);
    table->refuse_unknown_keys();
    return health;
}

bool read_local_change(TomlReader& reader) {
    const std::string value = reader.text("on_local_change").value_or("refuse");
    if (value != "refuse" && value != "set-aside")
        throw reader.wrong("on_local_change", "'on_local_change' must be \"refuse\" or \"set-aside\"");
    return value == "set-aside";
}

PreviousRevision read_previous(TomlReader reader, const Release& release) {
    PreviousRevision previous;
    previous.version = reader.required_text("version");
    previous.code = resolved(release, reader.required_text("code"));
    const std::vector<std::string> entry_points = reader.texts("entry_points");
    if (!entry_points.empty()) previous.entry_points = entry_points;
    previous.samples = reader.texts_map("samples");
    for (auto& [name, files] : previous.samples) files = resolved(release, files);
    reader.refuse_unknown_keys();
    return previous;
}

DatabaseEntry read_database(TomlReader reader) {
    DatabaseEntry database;
    database.name = reader.required_text("name");
    database.path = reader.required_text("path");
    database.mask_defaults = reader.texts("mask_defaults");
    database.since = reader.text("since");
    database.retired = reader.text("retired");
    reader.refuse_unknown_keys();
    return database;
}

void read_blocks(TomlReader& reader, Release& release) {
    for (TomlReader& block : reader.tables("previous"))
        release.previous.push_back(read_previous(std::move(block), release));
    for (TomlReader& block : reader.tables("database"))
        release.databases.push_back(read_database(std::move(block)));
}

void read_keys(TomlReader& reader, Release& release) {
    release.product = reader.required_text("product");
    release.version = reader.required_text("version");
    release.floor = reader.text("floor").value_or(release.version);
    release.expires = reader.moment("expires");
    release.code = resolved(release, reader.required_text("code"));
    if (const auto migrations = reader.text("migrations"))
        release.migrations = resolved(release, *migrations);
    release.platforms = reader.texts("platforms");
    release.critical_platforms = reader.texts("critical_platforms");
    release.preserve = reader.texts("preserve");
    release.entry_points = reader.texts("entry_points");
    release.locations = reader.texts("locations");
    release.trust = resolved(release, reader.texts("trust"));
    release.set_aside_local_changes = read_local_change(reader);
    release.declarations = read_declarations(reader);
    release.health = read_health(reader);
    read_blocks(reader, release);
    reader.refuse_unknown_keys();
}

} // namespace

Release parse_release(std::string_view text, const std::string& file) {
    const toml::table table = parse_toml(text, file);
    TomlReader reader(table, file);
    Release release;
    release.file = file;
    release.folder = std::filesystem::path(file).parent_path().generic_string();
    if (release.folder.empty()) release.folder = ".";
    read_keys(reader, release);
    require_rules(release);
    std::ranges::stable_sort(release.previous,
                             [](const PreviousRevision& left, const PreviousRevision& right) {
                                 return std::is_lt(compare_versions(left.version, right.version));
                             });
    return release;
}

Release read_release(const std::string& file) {
    if (!system_files().status(file)) throw Error(Code::wrong_usage, "read", file, "there is no such file");
    Release release = parse_release(read_text(system_files(), file, release_limit), file);
    require_files(release);
    return release;
}

} // namespace lockstep
