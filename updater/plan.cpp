#include "updater/plan.h"

#include "payload/language.h"
#include "payload/version.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
    return std::ranges::find(list, text) != list.end();
}

const FileEntry* entry_of(const Revision& revision, const std::string& path) {
    const auto found = std::ranges::lower_bound(revision.files, path, {}, &FileEntry::path);
    return found != revision.files.end() && found->path == path ? &*found : nullptr;
}

bool is_same(const Recognised& found, const std::string& path, const FileEntry& target) {
    const auto file = found.files.find(path);
    if (file == found.files.end() || file->second.sha256 != target.sha256) return false;
    const FileEntry* before = entry_of(*found.revision, path);
    return before && before->mode == target.mode;
}

std::vector<FileChange> code_changes(const Manifest& manifest, const Recognised& found) {
    std::set<std::string> paths;
    for (const FileEntry& entry : found.revision->files) paths.insert(entry.path);
    for (const FileEntry& entry : manifest.target.files) paths.insert(entry.path);

    std::vector<FileChange> changes;
    for (const std::string& path : paths) {
        FileChange change;
        change.path = path;
        if (const auto file = found.files.find(path); file != found.files.end())
            change.old_file = file->second;
        if (const FileEntry* entry = entry_of(manifest.target, path)) change.new_entry = *entry;
        change.entry_point =
            contains(manifest.target.entry_points, path) || contains(found.revision->entry_points, path);
        change.changed =
            change.new_entry ? !is_same(found, path, *change.new_entry) : change.old_file.has_value();
        if (change.changed || (change.entry_point && change.old_file)) changes.push_back(std::move(change));
    }
    return changes;
}

void add_defaults(const FileSystem& files, const Layout& layout, const Manifest& manifest,
                  std::vector<FileChange>& changes) {
    for (const FileEntry& entry : manifest.defaults) {
        files.require_no_links(layout.root(), parent_of(entry.path));
        if (files.status(layout.absolute(entry.path))) continue;
        FileChange change;
        change.path = entry.path;
        change.new_entry = entry;
        change.preserved = true;
        changes.push_back(std::move(change));
    }
}

// Of files and databases that are new.
std::vector<std::string> added_paths(const Plan& plan) {
    std::vector<std::string> paths;
    for (const FileChange& change : plan.changes)
        if (change.new_entry) paths.push_back(change.path);
    for (const DatabaseChange& change : plan.databases)
        if (!change.before && change.after) paths.push_back(change.entry.path);
    return paths;
}

std::vector<std::string> missing_folders(const FileSystem& files, const Layout& layout,
                                         const std::vector<std::string>& paths) {
    std::set<std::string> missing;
    for (const std::string& path : paths) {
        for (std::size_t slash = path.find('/'); slash != std::string::npos;
             slash = path.find('/', slash + 1)) {
            const std::string folder = path.substr(0, slash);
            const auto status = files.status(layout.absolute(folder));
            if (!status)
                missing.insert(folder);
            else if (status->kind != FileKind::folder)
                throw Error(Code::not_recognised, "make the folder", layout.absolute(folder),
                            "a file of that name is there");
        }
    }
    return {missing.begin(), missing.end()};
}

// A release without platforms runs the same scripts wherever it is.
void require_known(const Manifest& manifest, const std::string& platform) {
    if (!platform.empty() && !manifest.platforms.empty() && !contains(manifest.platforms, platform))
        throw Error(Code::wrong_usage, "use the platform", platform, "this release has no such platform");
}

void require_platform(const Manifest& manifest, const Migration& migration, const std::string& platform) {
    const bool needs_one =
        std::ranges::any_of(migration.steps, [](const Step& step) { return !step.platform.empty(); });
    if (needs_one && !contains(manifest.platforms, platform))
        throw Error(Code::wrong_usage, "choose the scripts of version", migration.version,
                    "they differ by platform, and none was named")
            .advise(say(Message::name_the_platform));
}

std::vector<const Migration*> migrations_on_the_way(const Manifest& manifest, const Recognised& found) {
    std::vector<const Migration*> migrations;
    if (found.databases_absent) {
        if (manifest.init) migrations.push_back(&*manifest.init);
        return migrations;
    }
    for (const Migration& migration : manifest.migrations)
        if (compare_versions(migration.version, found.revision->version) > 0)
            migrations.push_back(&migration);
    return migrations;
}

} // namespace

std::vector<Step> steps_for(const Migration& migration, const std::string& platform) {
    std::vector<Step> steps;
    for (const Step& step : migration.steps)
        if (step.platform.empty() || step.platform == platform) steps.push_back(step);
    return steps;
}

std::vector<DatabaseChange> database_changes(const Manifest& manifest, const std::string& from) {
    std::vector<DatabaseChange> changes;
    for (const DatabaseEntry& entry : manifest.databases) {
        DatabaseChange change;
        change.entry = entry;
        change.before = lives_in(entry, from);
        change.after = lives_in(entry, manifest.version);
        const bool between = std::ranges::any_of(manifest.migrations, [&](const Migration& migration) {
            return compare_versions(migration.version, from) > 0 && lives_in(entry, migration.version);
        });
        if (change.before || change.after || between) changes.push_back(std::move(change));
    }
    return changes;
}

std::vector<DatabaseChange> initial_databases(const Manifest& manifest) {
    std::vector<DatabaseChange> changes;
    for (const DatabaseEntry& entry : manifest.databases) {
        if (!lives_in(entry, manifest.version)) continue;
        DatabaseChange change;
        change.entry = entry;
        change.before = false;
        change.start = DatabaseChange::Start::nothing;
        changes.push_back(std::move(change));
    }
    return changes;
}

Plan make_plan(const FileSystem& files, const Layout& layout, const Manifest& manifest,
               const Recognised& found, const std::string& platform) {
    require_known(manifest, platform);
    Plan plan;
    plan.from = found.revision->version;
    plan.changes = code_changes(manifest, found);
    add_defaults(files, layout, manifest, plan.changes);
    if (!found.databases_absent)
        plan.databases = database_changes(manifest, plan.from);
    else if (manifest.init)
        plan.databases = initial_databases(manifest);
    plan.folders = missing_folders(files, layout, added_paths(plan));
    for (const Migration* migration : migrations_on_the_way(manifest, found)) {
        require_platform(manifest, *migration, platform);
        plan.migrations.push_back(migration);
        for (const Step& step : steps_for(*migration, platform)) {
            if (step.script) plan.scripts.push_back(*step.script);
            plan.steps.push_back(step.script ? step.script->name : step.program->name);
        }
    }
    return plan;
}

} // namespace lockstep
