#include "updater/prepare.h"

#include "payload/preparation.h"
#include "updater/locked_database.h"
#include "updater/revision_match.h"
#include "updater/trial.h"

#include <algorithm>

namespace lockstep {
namespace {

// The last connection to a database in WAL mode removes the files beside it; one that only reads can't.
class LastConnections {
  public:
    LastConnections(const FileSystem& files, const std::vector<DatabaseFile>& live) {
        for (const DatabaseFile& file : live) {
            databases_.push_back(open_live(files, file.path));
            static_cast<void>(databases_.back().integer("SELECT count(*) FROM sqlite_schema"));
        }
    }

  private:
    std::vector<Database> databases_;
};

std::vector<DatabaseFile> live_files(const Layout& layout, const Plan& plan) {
    std::vector<DatabaseFile> live;
    for (const DatabaseChange& change : plan.databases)
        if (change.before) live.push_back({change.entry.name, layout.absolute(change.entry.path)});
    return live;
}

// What was made for another bundle is of no use, and takes room.
void remove_others(FileSystem& files, const Layout& layout, const std::string& kept) {
    for (const std::string& name : files.names_in(layout.prepared_folder()))
        if (!name.starts_with(name_of(kept))) files.remove_tree(joined(layout.prepared_folder(), name));
}

// What a killed run had begun is rolled back when it is opened.
bool is_sound(const std::string& path) try {
    Database database(path, OpenMode::read_write);
    return integrity_violations(database, "main").empty();
} catch (const Error& error) {
    if (error.code() == Code::cancelled) throw;
    return false;
}

void discard(FileSystem& files, const std::string& prepared) {
    for (const std::string& sidecar : sidecar_paths(prepared)) files.remove_file(sidecar);
    files.remove_file(prepared);
}

} // namespace

const Script* preparation_of(const Plan& plan) {
    if (plan.migrations.empty() || plan.databases.empty()) return nullptr;
    const std::vector<Step>& steps = plan.migrations.front()->steps;
    const auto step = std::ranges::find_if(steps, &Step::prepares);
    return step == steps.end() ? nullptr : &*step->script;
}

bool needs_prepared(const std::vector<const Migration*>& migrations) {
    return std::ranges::any_of(migrations, [](const Migration* migration) {
        return std::ranges::any_of(migration->steps, &Step::prepares);
    });
}

std::int64_t prepare(Session& session, const VerifiedBundle& bundle, const Plan& plan) {
    FileSystem& files = session.files();
    const Layout& layout = session.layout();
    const std::string prepared = layout.prepared(bundle.manifest_sha256);
    files.make_folders(layout.state(), 0755);
    files.make_folders(layout.prepared_folder(), 0700);
    remove_others(files, layout, prepared);
    if (files.status(prepared) && !is_sound(prepared)) discard(files, prepared);
    if (!files.status(prepared)) {
        static_cast<void>(files.create(prepared, 0600));
        files.sync_folder(layout.prepared_folder());
    }
    const Script& script = *preparation_of(plan);
    const auto live = live_files(layout, plan);
    const SqliteTemporaries temporaries(layout.prepared_folder());
    const LastConnections last(files, live);
    return run_preparation(live, prepared, script.name, unpack_text(bundle, script), stop_if_cancelled);
}

void bring_prepared(Session& session, const std::string& manifest_sha256) {
    FileSystem& files = session.files();
    const std::string prepared = session.layout().prepared(manifest_sha256);
    const std::string copy = Layout::prepared_copy(session.work());
    const bool exists = files.status(prepared).has_value();
    if (exists && is_sound(prepared)) {
        clone_or_copy_file(files, prepared, copy, 0600);
        return;
    }
    if (exists) session.progress().note("What was prepared before is damaged, and isn't used: " + prepared);
    static_cast<void>(files.create(copy, 0600));
}

void forget_prepared(FileSystem& files, const Layout& layout) {
    if (files.status(layout.prepared_folder())) files.remove_tree(layout.prepared_folder());
}

} // namespace lockstep
