#include "tests/support/sweep_outside.h"

#include <algorithm>
#include <stdexcept>

namespace lockstep {
namespace {

Points points_with(const std::vector<SystemCall>& calls, bool changing) {
    Points points;
    for (const SystemCall& call : calls)
        if (changes_files(call) == changing) points.emplace_back(static_cast<int>(points.size()) + 1, call);
    return points;
}

} // namespace

Points points_that_change(const std::vector<SystemCall>& calls) {
    return points_with(calls, true);
}
Points points_that_only_look(const std::vector<SystemCall>& calls) {
    return points_with(calls, false);
}

Points part_of(const Points& points, int step, int part, int parts) {
    Points chosen;
    for (const auto& point : points)
        if (point.first % step == 0 && point.first / step % parts == part) chosen.push_back(point);
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
        {EngineCommand::update, "mkdir", "/.lockstep/work/1/scripts\"", false},
        {EngineCommand::update, "renameat2", "/data/log.db\"", false},
        {EngineCommand::update, "renameat2", "/settings.ini\"", false},
        {EngineCommand::update, "renameat2", "/field/app\"", true},
        {EngineCommand::update, "renameat2", "/.lockstep/backups/1\"", true},
        {EngineCommand::rollback, "renameat2", "/data/log.db\"", false},
        {EngineCommand::rollback, "renameat2", "/settings.ini\"", false},
        {EngineCommand::rollback, "renameat2", "/.lockstep/backups/2\"", true},
    };
    return all;
}

std::string told(int number, const SystemCall& call, const std::string& at) {
    return std::to_string(number) + ", " + call.name + " number " + std::to_string(call.ordinal) + ": " + at;
}

} // namespace lockstep
