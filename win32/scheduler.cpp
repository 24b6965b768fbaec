// The Task Scheduler, by schtasks.exe and a task's XML:
// https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema
//
// The task runs as this user, without more rights than the user has, while the user is logged on: so no
// password is kept. A time that was missed is caught up (StartWhenAvailable), and it runs two minutes after
// each log-on.
#include "updater/scheduler.h"

#include "updater/process.h"
#include "win32/command_words.h"
#include "win32/system_error.h"
#include "win32/text.h"

#include <array>

namespace lockstep {
namespace {

constexpr int timeout_s = 30;

bool never_cancelled() {
    return false;
}

std::string system_folder() {
    std::array<wchar_t, MAX_PATH> path{};
    if (::GetSystemDirectoryW(path.data(), static_cast<UINT>(path.size())) == 0)
        throw last_error("find", "the system's own folder");
    return plain_path(path.data());
}

void schtasks(std::vector<std::string> words, const std::string& doing, const std::string& name) {
    const std::string program = system_folder() + "/schtasks.exe";
    words.insert(words.begin(), program);
    const ProgramResult result = run_program({words, system_folder(), timeout_s, 0, 0}, &never_cancelled);
    if (result.exit_code == 0 && !result.timed_out) return;
    throw Error(Code::internal_error, doing, name,
                program + (result.timed_out ? " did not end" : " said: " + result.output));
}

std::string escaped(const std::string& text) {
    std::string all;
    for (const char c : text) {
        if (c == '&')
            all += "&amp;";
        else if (c == '<')
            all += "&lt;";
        else if (c == '>')
            all += "&gt;";
        else
            all += c;
    }
    return all;
}

std::string task_xml(const DailyRun& run) {
    const std::vector<std::string> rest(run.argv.begin() + 1, run.argv.end());
    return R"(<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2026-01-01T)" +
           run.time + R"(:00</StartBoundary>
      <ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>
    </CalendarTrigger>
    <LogonTrigger><Delay>PT2M</Delay></LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="owner"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
  </Settings>
  <Actions Context="owner">
    <Exec><Command>)" +
           escaped(narrow(with_backslashes(run.argv.front()))) + "</Command><Arguments>" +
           escaped(narrow(command_line_of(rest))) + "</Arguments></Exec>\n  </Actions>\n</Task>\n";
}

// schtasks.exe takes UTF-16 with its mark.
std::string in_utf16(const std::string& text) {
    const std::wstring units = L'\xfeff' + wide(text);
    return {reinterpret_cast<const char*>(units.data()), units.size() * sizeof(wchar_t)};
}

} // namespace

std::string register_daily(FileSystem& files, const DailyRun& run) {
    const std::string file = joined(run.folder, "task.xml");
    write_durably(files, file, in_utf16(task_xml(run)), 0600);
    schtasks({"/Create", "/TN", run.name, "/XML", file, "/F"}, "schedule", run.name);
    files.remove_file(file);
    return "the Task Scheduler, as " + run.name;
}

void unregister_daily(FileSystem& /*files*/, const std::string& name, const std::string& /*folder*/) {
    schtasks({"/Delete", "/TN", name, "/F"}, "unschedule", name);
}

} // namespace lockstep
