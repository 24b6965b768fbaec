#include "packaging/migrations.h"

#include "packaging/toml_reader.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "payload/version.h"
#include "updater/file_system.h"

#include <algorithm>
#include <compare>

namespace lockstep {
namespace {

constexpr std::uint64_t program_limit = 1u << 20; // bytes of a *.run.toml
constexpr int longest_program_s = 86'400;
constexpr std::string_view program_suffix = ".run.toml";

Error refused(const std::string& path, const std::string& cause) {
    return {Code::wrong_usage, "take", path, cause};
}

class FolderReader {
  public:
    FolderReader(const Release& release, Migrations& result, const std::string& version)
        : release_(release), result_(result), version_(version),
          folder_(joined(release.migrations, version)) {
        migration_.version = version;
    }

    Migration read() {
        for (const std::string& name : system_files().names_in(folder_)) add(name);
        add_steps(); // after what prepares
        return std::move(migration_);
    }

  private:
    void add(const std::string& name) {
        const std::string path = joined(folder_, name);
        const auto status = system_files().status(path);
        if (!status || status->kind != FileKind::file)
            throw refused(path, "a version's folder holds only files");
        if (name.ends_with(program_suffix)) return programs_.push_back(read_program(name));
        const Script script = read_script(name);
        if (name == "revert.sql") return migration_.reverts.push_back(script);
        if (name == "prepare.sql") {
            migration_.steps.push_back({script, std::nullopt, "", true});
            return;
        }
        if (name == "checks.sql") {
            migration_.checks = script;
            return;
        }
        if (!is_script(name)) throw refused(path, unknown_script(name));
        scripts_[name.substr(0, name.size() - 4)] = script;
    }

    bool is_script(const std::string& name) const {
        if (name == "all.sql") return true;
        return std::ranges::any_of(release_.platforms,
                                   [&](const std::string& platform) { return name == platform + ".sql"; });
    }

    static std::string unknown_script(const std::string& name) {
        if (!name.ends_with(".sql"))
            return "it is none of all.sql, <platform>.sql, prepare.sql, revert.sql, checks.sql and "
                   "*.run.toml";
        return "'" + name.substr(0, name.size() - 4) + "' is none of release.toml's platforms";
    }

    Script read_script(const std::string& name) {
        const std::string path = joined(folder_, name);
        const auto file = system_files().open(path);
        Script script{version_ + "/" + name, sha256(*file), file->size()};
        result_.sources[script.name] = {path, script.sha256, script.size};
        return script;
    }

    Program read_program(const std::string& name) {
        const Script script = read_script(name);
        const std::string path = joined(folder_, name);
        const toml::table table = parse_toml(read_text(system_files(), path, program_limit), path);
        TomlReader reader(table, path);
        Program program;
        program.name = script.name;
        program.argv = reader.texts("argv");
        if (program.argv.empty())
            throw reader.wrong("argv", "'argv' is missing: the program and its arguments");
        const std::int64_t seconds = reader.number("timeout_s").value_or(program.timeout_s);
        if (seconds < 1 || seconds > longest_program_s)
            throw reader.wrong("timeout_s", "'timeout_s' must be from 1 to 86400 seconds");
        program.timeout_s = static_cast<int>(seconds);
        reader.refuse_unknown_keys();
        return program;
    }

    void add_steps() {
        if (const auto all = scripts_.find("all"); all != scripts_.end())
            migration_.steps.push_back({all->second, std::nullopt, "", false});
        for (const Program& program : programs_)
            migration_.steps.push_back({std::nullopt, program, "", false});
        for (const std::string& platform : release_.platforms)
            if (const auto own = scripts_.find(platform); own != scripts_.end())
                migration_.steps.push_back({own->second, std::nullopt, platform, false});
    }

    const Release& release_;
    Migrations& result_;
    std::string version_;
    std::string folder_;
    Migration migration_;
    std::map<std::string, Script> scripts_; // by platform, or "all"
    std::vector<Program> programs_;
};

bool is_left_alone(const std::string& name) {
    return name == init_version || name.ends_with("-SNAPSHOT");
}

bool is_critical(const Release& release, const std::string& platform) {
    return std::ranges::find(release.critical_platforms, platform) != release.critical_platforms.end();
}

bool differs_by_platform(const Migration& migration) {
    return std::ranges::any_of(migration.steps, [](const Step& step) { return !step.platform.empty(); });
}

void read_init(const Release& release, Migrations& result) {
    const std::string folder = joined(release.migrations, std::string(init_version));
    const auto status = system_files().status(folder);
    if (!status) return;
    if (status->kind != FileKind::folder)
        throw refused(folder, "it is no folder; scripts stand in migrations/init/");
    result.init = FolderReader(release, result, std::string(init_version)).read();
    if (!result.init->reverts.empty())
        throw refused(joined(folder, "revert.sql"),
                      "before it there is no database to go back to: a rollback takes away what init made");
    if (std::ranges::any_of(result.init->steps, &Step::prepares))
        throw refused(joined(folder, "prepare.sql"), "before it there is no data that could be prepared");
    if (result.init->steps.empty()) throw refused(folder, "it holds no script that makes anything");
    if (platforms_to_initialise(release, result).empty())
        throw refused(folder, "it would never run: each platform is one of critical_platforms");
}

std::vector<std::string> versions_in(const std::string& folder) {
    std::vector<std::string> versions;
    for (const std::string& name : system_files().names_in(folder)) {
        if (is_left_alone(name)) continue;
        const std::string path = joined(folder, name);
        const auto status = system_files().status(path);
        if (!status || status->kind != FileKind::folder)
            throw refused(path, "it is no folder; scripts stand in migrations/<X.Y.Z>/");
        if (!is_version(name)) throw refused(path, "'" + name + "' is not a version X.Y.Z");
        versions.push_back(name);
    }
    std::ranges::sort(versions, [](const std::string& left, const std::string& right) {
        return std::is_lt(compare_versions(left, right));
    });
    for (std::size_t i = 1; i < versions.size(); ++i)
        if (std::is_eq(compare_versions(versions[i - 1], versions[i])))
            throw refused(joined(folder, versions[i]), "it is the same version as '" + versions[i - 1] + "'");
    return versions;
}

} // namespace

Migrations read_migrations(const Release& release) {
    Migrations result;
    if (release.migrations.empty()) return result;
    const std::string& lowest = release.previous.front().version;
    for (const std::string& version : versions_in(release.migrations))
        if (std::is_gt(compare_versions(version, lowest)) &&
            std::is_lteq(compare_versions(version, release.version)))
            result.migrations.push_back(FolderReader(release, result, version).read());
    read_init(release, result);
    return result;
}

std::vector<std::string> platforms_that_differ(const Release& release, const Migrations& migrations) {
    const bool differ = !release.critical_platforms.empty() ||
                        std::ranges::any_of(migrations.migrations, differs_by_platform) ||
                        (migrations.init && differs_by_platform(*migrations.init));
    return differ ? release.platforms : std::vector<std::string>{""};
}

std::vector<std::string> platforms_to_initialise(const Release& release, const Migrations& migrations) {
    std::vector<std::string> platforms = platforms_that_differ(release, migrations);
    std::erase_if(platforms, [&](const std::string& platform) { return is_critical(release, platform); });
    return platforms;
}

} // namespace lockstep
