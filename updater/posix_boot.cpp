// The next start of the computer, for systemd and cron. Files only: no program is run, so that it can be done
// at any step of a swap, and both read them when they start.
#include "updater/posix_scheduler_text.h"
#include "updater/posix_systemd.h"
#include "updater/process.h"
#include "updater/scheduler.h"

namespace lockstep {
namespace {

constexpr const char* cron_folder = "/etc/cron.d";

void write_into(FileSystem& files, const std::string& folder, const std::string& name,
                const std::string& content) {
    files.make_folders(folder, 0755);
    write_durably(files, joined(folder, name), content, 0644);
}

void remove_from(FileSystem& files, const std::string& folder, const std::string& name) {
    const std::string path = joined(folder, name);
    if (!files.status(path)) return;
    files.remove_file(path);
    files.sync_folder(folder);
}

// A drop-in makes the target want the unit: systemd ignores a file in a .wants folder that is no symbolic
// link.
std::string target_drop_ins() {
    return joined(systemd_folder(), is_privileged() ? "multi-user.target.d" : "default.target.d");
}

void register_with_systemd(FileSystem& files, const BootRun& run) {
    write_into(files, systemd_folder(), run.name + ".service", systemd_boot_service(run));
    write_into(files, target_drop_ins(), run.name + ".conf", systemd_wants(run.name));
}

void unregister_with_systemd(FileSystem& files, const std::string& name) {
    if (!has_systemd_folder()) return;
    remove_from(files, target_drop_ins(), name + ".conf");
    remove_from(files, systemd_folder(), name + ".service");
}

bool cron_can_be_told(const FileSystem& files) {
    return is_privileged() && files.status(cron_folder);
}

} // namespace

void register_at_boot(FileSystem& files, const BootRun& run) try {
    if (systemd_runs(files))
        register_with_systemd(files, run);
    else if (cron_can_be_told(files))
        write_into(files, cron_folder, run.name, cron_boot_line(run));
} catch (Error& error) {
    throw error.during("registering what runs at the next start of this computer");
}

void unregister_at_boot(FileSystem& files, const std::string& name) try {
    if (systemd_runs(files)) unregister_with_systemd(files, name);
    if (cron_can_be_told(files)) remove_from(files, cron_folder, name);
} catch (Error& error) {
    throw error.during("removing what runs at the next start of this computer");
}

} // namespace lockstep
