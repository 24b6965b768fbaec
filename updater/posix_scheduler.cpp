// systemd where it runs the system, else cron.
#include "payload/language.h"
#include "updater/posix_scheduler_text.h"
#include "updater/posix_systemd.h"
#include "updater/process.h"
#include "updater/scheduler.h"

#include <unistd.h>

namespace lockstep {
namespace {

constexpr std::size_t longest_crontab = 1u << 20; // bytes
constexpr int timeout_s = 30;

bool never_cancelled() {
    return false;
}

std::string program_named(const FileSystem& files, const std::string& name) {
    for (const char* const folder : {"/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"})
        if (files.status(folder + name)) return folder + name;
    return {};
}

ProgramResult result_of(const std::vector<std::string>& argv) {
    ProgramToRun program{argv, "/", timeout_s, ::geteuid(), ::getegid()};
    program.kept_output = longest_crontab;
    return run_program(program, &never_cancelled);
}

void require_success(const std::vector<std::string>& argv, const std::string& doing,
                     const std::string& subject) {
    const ProgramResult result = result_of(argv);
    if (result.exit_code == 0 && !result.timed_out) return;
    throw Error(Code::internal_error, doing, subject,
                argv.front() + (result.timed_out ? " did not end" : " said: " + result.output));
}

// --- systemd

void systemctl(const FileSystem& files, std::vector<std::string> words, const std::string& subject) {
    std::vector<std::string> argv{program_named(files, "systemctl")};
    if (!is_privileged()) argv.emplace_back("--user");
    argv.insert(argv.end(), words.begin(), words.end());
    require_success(argv, words.front() + " with systemd", subject);
}

void register_with_systemd(FileSystem& files, const DailyRun& run) {
    const std::string folder = systemd_folder();
    files.make_folders(folder, 0755);
    write_durably(files, joined(folder, run.name + ".service"), systemd_service(run), 0644);
    write_durably(files, joined(folder, run.name + ".timer"), systemd_timer(run), 0644);
    systemctl(files, {"daemon-reload"}, run.name);
    systemctl(files, {"enable", "--now", run.name + ".timer"}, run.name);
}

void unregister_with_systemd(FileSystem& files, const std::string& name) {
    if (!has_systemd_folder()) return;
    const std::string folder = systemd_folder();
    if (!files.status(joined(folder, name + ".timer"))) return;
    systemctl(files, {"disable", "--now", name + ".timer"}, name);
    files.remove_file(joined(folder, name + ".timer"));
    files.remove_file(joined(folder, name + ".service"));
    systemctl(files, {"daemon-reload"}, name);
}

// --- cron

std::string crontab_program(const FileSystem& files) {
    std::string program = program_named(files, "crontab");
    if (program.empty())
        throw Error(Code::internal_error, "schedule", "a daily run",
                    "neither systemd runs this system, nor is there a crontab program")
            .advise(say(Message::install_a_scheduler));
    return program;
}

std::string read_crontab(const std::string& program) {
    const ProgramResult result = result_of({program, "-l"});
    if (result.exit_code == 0 && !result.timed_out) return result.output;
    if (result.output.find("no crontab for") != std::string::npos) return {};
    throw Error(Code::internal_error, "read", "the crontab of this user",
                program + " said: " + result.output);
}

void write_crontab(FileSystem& files, const std::string& program, const std::string& crontab,
                   const std::string& folder) {
    if (crontab.empty()) return require_success({program, "-r"}, "empty", "the crontab of this user");
    const std::string file = joined(folder, "crontab");
    write_durably(files, file, crontab, 0600);
    require_success({program, file}, "write", "the crontab of this user");
    files.remove_file(file);
}

} // namespace

std::string register_daily(FileSystem& files, const DailyRun& run) {
    if (systemd_runs(files)) {
        register_with_systemd(files, run);
        return "systemd, as " + run.name + ".timer";
    }
    const std::string program = crontab_program(files);
    write_crontab(files, program, crontab_without(read_crontab(program), run.name) + crontab_lines(run),
                  run.folder);
    return "cron, by the crontab of this user";
}

void unregister_daily(FileSystem& files, const std::string& name, const std::string& folder) {
    if (systemd_runs(files)) return unregister_with_systemd(files, name);
    const std::string program = crontab_program(files);
    const std::string crontab = read_crontab(program);
    const std::string without = crontab_without(crontab, name);
    if (without != crontab) write_crontab(files, program, without, folder);
}

} // namespace lockstep
