#include "tests/support/release_desk.h"

#include <cctype>
#include <filesystem>
#include <sstream>

namespace lockstep {

ReleaseDesk::ReleaseDesk() {
    std::filesystem::create_directories(workshop_ / "tmp");
}

void ReleaseDesk::script(const std::string& sql, const std::string& name) {
    write_file(workshop_ / ("migrations/1.1.0/" + name), sql);
}

void ReleaseDesk::declare(const std::string& lines) {
    workshop_.release("1.1.0", {"1.0.0"}, lines);
}

Ran ReleaseDesk::rehearse(std::vector<std::string> words) {
    words.insert(words.begin(), {built("lockstep"), "rehearse", release()});
    return run(words, workshop_.path(), {{"TMPDIR", workshop_ / "tmp"}});
}

Ran ReleaseDesk::watched(std::string& left, std::vector<std::string> words) {
    const Tree before = tree_of(workshop_.path());
    Ran ran = rehearse(std::move(words));
    Tree after = tree_of(workshop_.path());
    const bool evidence_is_there = after.erase("rehearsal.json") > 0;
    Tree expected = before;
    expected.erase("rehearsal.json");
    left = differences(expected, after);
    if (evidence_is_there != (ran.code == 0)) left += "rehearsal.json is there only after a success\n";
    return ran;
}

std::string offered(const std::string& message) {
    std::string text;
    std::istringstream lines(message);
    for (std::string line; std::getline(lines, line);) {
        std::size_t end = 0;
        while (end < line.size() && (std::islower(static_cast<unsigned char>(line[end])) || line[end] == '_'))
            ++end;
        if (end > 0 && line.compare(end, 3, " = ") == 0) text += line + "\n";
    }
    return text;
}

} // namespace lockstep
