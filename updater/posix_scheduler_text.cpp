#include "updater/posix_scheduler_text.h"

#include <algorithm>
#include <sstream>

namespace lockstep {
namespace {

constexpr const char* made_by = "made by `update schedule`; `update unschedule` removes it";
constexpr const char* made_by_swap = "made by an update that is in its swap, and removed at its end";

// Neither a unit nor a crontab has a way to write one that every version reads.
void require_printable(const std::string& word) {
    if (std::ranges::any_of(word, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        throw Error(Code::wrong_usage, "schedule a program that is given", word,
                    "it has a control character");
}

template <typename Quote> std::string command(const std::vector<std::string>& argv, Quote quote) {
    std::string line;
    for (const std::string& word : argv) {
        require_printable(word);
        line += (line.empty() ? "" : " ") + quote(word);
    }
    return line;
}

// systemd.syntax(7), "Quoting", and systemd.service(5), "Command lines".
std::string quoted_for_systemd(const std::string& word) {
    std::string quoted = "\"";
    for (const char c : word) {
        if (c == '\\' || c == '"') quoted += '\\';
        if (c == '%' || c == '$') quoted += c;
        quoted += c;
    }
    return quoted + '"';
}

// For sh, within crontab(5), where an unescaped % ends the command.
std::string quoted_for_cron(const std::string& word) {
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'')
            quoted += "'\\''";
        else if (c == '%')
            quoted += "\\%";
        else
            quoted += c;
    }
    return quoted + "'";
}

} // namespace

std::string systemd_service(const DailyRun& run) {
    return "# " + run.name + ": " + made_by +
           "\n[Unit]\nDescription=Lockstep: an update that is looked for daily\n\n" +
           "[Service]\nType=oneshot\nExecStart=" + command(run.argv, &quoted_for_systemd) + "\n";
}

std::string systemd_timer(const DailyRun& run) {
    return "# " + run.name + ": " + made_by +
           "\n[Unit]\nDescription=Lockstep: when an update is looked for\n\n" + "[Timer]\nOnCalendar=*-*-* " +
           run.time + ":00\nPersistent=true\nOnStartupSec=2min\n\n" + "[Install]\nWantedBy=timers.target\n";
}

std::string systemd_boot_service(const BootRun& run) {
    return "# " + run.name + ": " + made_by_swap +
           "\n[Unit]\nDescription=Lockstep: recovery of an interrupted update\n\n" +
           "[Service]\nType=oneshot\nExecStart=" + command(run.argv, &quoted_for_systemd) + "\n";
}

std::string systemd_wants(const std::string& name) {
    return "# " + name + ": " + made_by_swap + "\n[Unit]\nWants=" + name + ".service\n";
}

std::string cron_boot_line(const BootRun& run) {
    return "# " + run.name + ": " + made_by_swap + "\n@reboot root " + command(run.argv, &quoted_for_cron) +
           "\n";
}

std::string crontab_lines(const DailyRun& run) {
    const std::string line = command(run.argv, &quoted_for_cron);
    const std::string mark = " # " + run.name;
    const std::string hour = std::to_string(std::stoi(run.time.substr(0, 2)));
    const std::string minute = std::to_string(std::stoi(run.time.substr(3)));
    return "# " + std::string(made_by) + mark + "\n" + minute + " " + hour + " * * * " + line + mark +
           "\n@reboot sleep 120; " + line + mark + "\n";
}

std::string crontab_without(const std::string& crontab, const std::string& name) {
    std::istringstream lines(crontab);
    std::string kept;
    for (std::string line; std::getline(lines, line);)
        if (!line.ends_with(" # " + name)) kept += line + "\n";
    return kept;
}

} // namespace lockstep
