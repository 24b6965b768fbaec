#include "updater/preview.h"

#include "updater/process.h"

#include <algorithm>
#include <set>

namespace lockstep {
namespace {

class Assembly {
  public:
    Assembly(FileSystem& files, const std::string& root, std::set<std::string> left_out)
        : files_(files), root_(root), left_out_(std::move(left_out)) {}

    // `relative` is empty for the root itself.
    void copy_tree(const std::string& relative, const std::string& to) {
        for (const std::string& name : files_.names_in(root_ + "/" + relative)) {
            stop_if_cancelled();
            const std::string inner = relative.empty() ? name : relative + "/" + name;
            if (name.starts_with(".lockstep") || left_out_.contains(inner)) continue;
            copy_entry(inner, joined(to, name));
        }
    }

    void copy_with_rights(const std::string& from, const std::string& to) {
        clone_or_copy_file(files_, from, to, 0600);
        const FileStatus status = *files_.status(from);
        files_.set_owner(to, status.owner, status.group);
        files_.set_mode(to, status.mode);
    }

  private:
    void copy_entry(const std::string& relative, const std::string& to) {
        const std::string from = root_ + "/" + relative;
        const auto status = files_.status(from);
        // Links and special files are not followed and not copied: they may lead out of the preview.
        if (!status || (status->kind != FileKind::folder && status->kind != FileKind::file)) return;
        if (status->kind == FileKind::file) return copy_with_rights(from, to);
        files_.make_folder(to, 0700);
        copy_tree(relative, to);
        files_.set_owner(to, status->owner, status->group);
        files_.set_mode(to, status->mode);
    }

    FileSystem& files_;
    const std::string root_;
    const std::set<std::string> left_out_;
};

// What the preview has instead of the live tree's, and the databases, of which not one may be opened here:
// closing a descriptor drops every lock that this process holds on the file (POSIX, fcntl).
std::set<std::string> left_out_of(Session& session, const std::vector<Placement>& code,
                                  const std::vector<TrialDatabase>& databases) {
    std::set<std::string> left_out;
    for (const Placement& placement : code) {
        if (placement.kind != PlacementKind::file) continue;
        if (!placement.new_file || session.files().status(session.layout().absolute(placement.slot)))
            left_out.insert(placement.path);
    }
    for (const TrialDatabase& database : databases) {
        left_out.insert(database.entry().path);
        for (const std::string& sidecar : sidecar_paths(database.entry().path)) left_out.insert(sidecar);
    }
    return left_out;
}

void assemble_code(Session& session, const std::vector<Placement>& code,
                   const std::vector<TrialDatabase>& databases, const std::string& folder) {
    FileSystem& files = session.files();
    const Layout& layout = session.layout();
    const FileStatus root = *files.status(layout.root());
    files.make_folders(folder, 0700);
    files.set_owner(folder, root.owner, root.group);
    Assembly assembly(files, layout.root(), left_out_of(session, code, databases));
    assembly.copy_tree("", folder);
    for (const Placement& placement : code) {
        const std::string slot = layout.absolute(placement.slot);
        if (placement.kind != PlacementKind::file || !placement.new_file || !files.status(slot)) continue;
        const std::string place = joined(folder, placement.path);
        files.make_folders(parent_of(place), 0755);
        assembly.copy_with_rights(slot, place);
    }
}

// On lines of its own after the sentence.
std::string what_it_said(const ProgramResult& result) {
    const std::size_t last = result.output.find_last_not_of(" \t\r\n");
    return last == std::string::npos ? std::string() : "\n" + result.output.substr(0, last + 1);
}

} // namespace

void assemble_preview(Session& session, const std::vector<Placement>& code,
                      const std::vector<TrialDatabase>& databases, const std::string& folder) {
    FileSystem& files = session.files();
    assemble_code(session, code, databases, folder);
    for (const TrialDatabase& database : databases) {
        if (!database.change.after) continue;
        const std::string place = joined(folder, database.entry().path);
        files.make_folders(parent_of(place), 0755);
        clone_or_copy_file(files, database.trial, place, 0600);
        const FileStatus live = *files.status(database.rights);
        files.set_owner(place, live.owner, live.group);
        files.set_mode(place, live.mode);
    }
}

void run_in_preview(Session& session, const std::vector<std::string>& argv, int timeout_s,
                    const std::string& folder, Code failure, const std::string& what) {
    const FileStatus owner = *session.files().status(session.layout().root());
    ProgramToRun program{argv, folder, timeout_s, owner.owner, owner.group};
    for (std::string& word : program.argv)
        for (std::size_t at = word.find("{root}"); at != std::string::npos; at = word.find("{root}"))
            word.replace(at, 6, folder);
    if (!is_absolute(program.argv[0])) program.argv[0] = joined(folder, program.argv[0]);
    const ProgramResult result = run_program(program, cancel_requested);
    stop_if_cancelled();
    if (result.timed_out)
        throw Error(failure, "run " + what, argv[0],
                    "it had not ended after " + std::to_string(timeout_s) + " seconds" +
                        what_it_said(result));
    if (result.exit_code != 0)
        throw Error(failure, "run " + what, argv[0],
                    "it ended with exit code " + std::to_string(result.exit_code) + what_it_said(result));
}

Trial::RunProgram program_runner(Session& session, std::vector<Placement> code,
                                 const std::vector<TrialDatabase>& databases) {
    return [&session, code = std::move(code), &databases](const Program& program,
                                                          const std::vector<DatabaseFile>& trials) {
        const std::string folder = Layout::preview(session.work());
        if (!session.files().status(folder)) assemble_code(session, code, databases, folder);
        std::vector<std::string> argv = program.argv;
        for (const DatabaseFile& trial : trials) argv.push_back(trial.path);
        run_in_preview(session, argv, program.timeout_s, folder, Code::migration_failed, program.name);
    };
}

} // namespace lockstep
