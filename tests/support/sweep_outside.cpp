#include "tests/support/sweep_outside.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace lockstep {
namespace {

template <typename Chosen> Points points_where(const std::vector<SystemCall>& calls, Chosen chosen) {
    Points points;
    for (std::size_t i = 0; i < calls.size(); ++i)
        if (chosen(calls[i])) points.emplace_back(static_cast<int>(i) + 1, calls[i]);
    return points;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

Points points_that_change(const std::vector<SystemCall>& calls) {
    return points_where(calls, &changes_files);
}

Points points_that_only_look(const std::vector<SystemCall>& calls) {
    static const std::set<std::string> looking{
        "clone", "faccessat2", "fcntl",      "flock", "fstat",    "fstatfs",    "getcwd", "getdents64",
        "ioctl", "lgetxattr",  "llistxattr", "lseek", "mmap",     "newfstatat", "openat", "openat2",
        "pipe2", "poll",       "pread64",    "read",  "readlink", "statfs",     "waitid", "write"};
    return points_where(
        calls, [](const SystemCall& call) { return !changes_files(call) && looking.contains(call.name); });
}

Milestones milestones_in(const std::vector<SystemCall>& calls) {
    Milestones milestones;
    int written = 0;
    for (const auto& [number, call] : points_that_change(calls)) {
        if (call.name == "pwrite64" && has(call.text, "/ledger.db-journal>")) written = number;
        if (call.name != "renameat2" || !has(call.text, "/field>, \"app\"")) continue;
        if (milestones.gates_on == 0) milestones.intent = written, milestones.gates_on = number;
        milestones.commit = written;
        milestones.gates_off = number;
    }
    return milestones;
}

Points part_of(const Points& points, int step, int part, int parts) {
    Points chosen;
    const auto between = static_cast<std::size_t>(step) * static_cast<std::size_t>(parts);
    for (std::size_t i = static_cast<std::size_t>(step) * static_cast<std::size_t>(part); i < points.size();
         i += between)
        chosen.push_back(points[i]);
    return chosen;
}

std::string OutsideWorkshop::fresh(EngineCommand command) {
    return command == EngineCommand::rollback ? shop_.updated() : shop_.fresh();
}
const Tree& OutsideWorkshop::before(EngineCommand command) const {
    return command == EngineCommand::rollback ? shop_.new_tree() : shop_.old_tree();
}
const Tree& OutsideWorkshop::after(EngineCommand command) const {
    return command == EngineCommand::rollback ? shop_.old_tree() : shop_.new_tree();
}

std::vector<SystemCall> OutsideWorkshop::calls_of(EngineCommand command) {
    return system_calls_of(program(command, fresh(command)));
}

SystemCall OutsideWorkshop::call_of(const Interruption& interruption) {
    const std::vector<SystemCall> calls = calls_of(interruption.command);
    const auto found = std::find_if(calls.rbegin(), calls.rend(), [&](const SystemCall& call) {
        return call.name == interruption.name && call.text.find(interruption.text) != std::string::npos;
    });
    if (found == calls.rend()) throw std::runtime_error("never reached: " + interruption.text);
    return *found;
}

std::string OutsideWorkshop::interrupted(const Interruption& interruption, const SystemCall& call) {
    std::string root = fresh(interruption.command);
    const Disturbed ended = run_disturbed(program(interruption.command, root), call, "signal=KILL");
    if (ended.ran.code != killed) throw std::runtime_error("it was not ended at " + call.text);
    return root;
}

const std::vector<Interruption>& interruptions() {
    static const std::vector<Interruption> all{
        {EngineCommand::update, "mkdirat", "/.lockstep/work/1>, \"scripts\"", false},
        {EngineCommand::update, "renameat2", "/data>, \"log.db\"", false},
        {EngineCommand::update, "renameat2", "/field>, \"settings.ini\"", false},
        {EngineCommand::update, "renameat2", "/field>, \"app\"", true},
        {EngineCommand::update, "renameat2", "/.lockstep/backups>, \"1\"", true},
        {EngineCommand::rollback, "renameat2", "/data>, \"log.db\"", false},
        {EngineCommand::rollback, "renameat2", "/field>, \"settings.ini\"", false},
        {EngineCommand::rollback, "renameat2", "/.lockstep/backups>, \"2\"", true},
    };
    return all;
}

std::string told(int number, const SystemCall& call, const std::string& at) {
    return std::to_string(number) + ", " + call.name + " number " + std::to_string(call.ordinal) + ": " + at;
}

} // namespace lockstep
