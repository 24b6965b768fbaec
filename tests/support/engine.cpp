#include "tests/support/engine.h"

#include <fcntl.h>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace lockstep {
namespace {

namespace fs = std::filesystem;

void write_to(int descriptor, const std::string& path) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(file, descriptor);
    ::close(file);
}

// What the sanitizers would look for at an end that this process doesn't come to.
constexpr int leaking = 99;
bool leaks() {
#ifdef __SANITIZE_ADDRESS__
    return __lsan_do_recoverable_leak_check() != 0;
#else
    return false;
#endif
}

// noexcept: what a hook throws must not lead the child back into the test.
[[noreturn]] void run_in_child(const EngineRun& engine, const Arm& arm, const std::string& out,
                               const std::string& err) noexcept {
    write_to(1, out), write_to(2, err);
    HookedFiles files;
    arm(files);
    const HookedFiles::Hook armed = files.before;
    files.before = [armed](const SeamCall& call) {
        const std::string line = std::to_string(call.number) + " " + call.name + " " + call.path + "\n";
        static_cast<void>(!::write(1, line.data(), line.size()));
        armed(call);
    };
    const int code = run_engine_here(engine, files);
    std::cerr.flush();
    ::_exit(leaks() ? leaking : code);
}

} // namespace

int run_engine_here(const EngineRun& engine, HookedFiles& files) {
    EngineRun named = engine;
    // the engine that a gate calls is the real one
    if (named.executable.empty()) named.executable = built("update");
    return perform_engine(named, files);
}

std::string small_engine() {
    return fs::canonical("/bin/sleep");
}

Ran run_engine(const EngineRun& engine, const Arm& arm) {
    const TemporaryFolder said;
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child == 0) run_in_child(engine, arm, said / "out", said / "err");
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(said / "out"),
            read_file(said / "err")};
}

std::vector<SeamCall> calls_of(const Ran& ran) {
    std::vector<SeamCall> calls;
    std::istringstream lines(ran.out);
    SeamCall call;
    while (lines >> call.number >> call.name && std::getline(lines >> std::ws, call.path))
        calls.push_back(call);
    return calls;
}

Arm kill_at(int number, Side side) {
    return [=](HookedFiles& files) {
        (side == Side::before ? files.before : files.after) = [=](const SeamCall& call) {
            if (call.number == number) ::_exit(killed);
        };
    };
}

namespace {

const char* const log_sample = "CREATE TABLE entry(id INTEGER PRIMARY KEY, text TEXT NOT NULL);"
                               "INSERT INTO entry(text) VALUES('Grüße'),('second');";

// What 1.1.0 does to the log, what takes it back, and what release.toml says of it.
struct LogChange {
    std::string migration, revert, declarations, databases;
};

LogChange change_of(LogDatabase log) {
    const std::string database = "[[database]]\nname = \"log\"\npath = \"data/log.db\"\n";
    if (log == LogDatabase::stays)
        return {"ALTER TABLE log.entry ADD COLUMN author TEXT;\n",
                "ALTER TABLE log.entry DROP COLUMN author;\n", "", database};
    return {"CREATE TABLE note(id INTEGER PRIMARY KEY, text TEXT NOT NULL, author TEXT);\n"
            "INSERT INTO note(id, text) SELECT id, text FROM log.entry;\n"
            "CREATE TABLE audit.event(id INTEGER PRIMARY KEY, said TEXT NOT NULL);\n"
            "INSERT INTO audit.event(said) VALUES('made');\n",
            "DELETE FROM log.entry;\nINSERT INTO log.entry SELECT id, text FROM note;\nDROP TABLE note;\n",
            "renamed_tables = { \"log.entry\" = \"main.note\" }\n",
            database + "retired = \"1.1.0\"\n"
                       "[[database]]\nname = \"audit\"\npath = \"history/audit.db\"\nsince = \"1.1.0\"\n"};
}

} // namespace

void SwapWorkshop::write_release(const std::string& more, bool reverts, LogDatabase log) {
    const LogChange change = change_of(log);
    const std::string migration = workshop_ / "migrations/1.1.0/all.sql";
    write_file(migration, read_file(migration) + change.migration);
    if (reverts)
        write_file(workshop_ / "migrations/1.1.0/revert.sql",
                   "ALTER TABLE person DROP COLUMN status;\n" + change.revert);
    sqlite(workshop_ / "samples/log.db", log_sample);
    const std::string release =
        workshop_.release("1.1.0", {"1.0.0"}, more + change.declarations, change.databases);
    std::string text = read_file(release);
    const std::string sample = "[\"samples/register-1.0.0.db\"]";
    text.insert(text.find(sample) + sample.size(), ", log = [\"samples/log.db\"]");
    write_file(release, text);
    bundle_ = workshop_.bundle(release);
}

SwapWorkshop::SwapWorkshop(const std::string& journal_mode, const std::string& more, bool reverts,
                           LogDatabase log) {
    write_release(more, reverts, log);
    const std::string original = workshop_.install("original");
    sqlite(original + "/data/log.db", log_sample);
    for (const std::string database : {"/data/register.db", "/data/log.db"})
        sqlite(original + database, "PRAGMA journal_mode=" + journal_mode);
    old_tree_ = tree_of(original);
    fs::copy(original, workshop_ / "updated", fs::copy_options::recursive);
    const Ran applied = apply(workshop_ / "updated");
    if (applied.code != 0) throw std::runtime_error(applied.err);
    new_tree_ = tree_of(workshop_ / "updated");
    fs::copy_file(small_engine(), workshop_ / "updated/.lockstep/update",
                  fs::copy_options::overwrite_existing);
}

std::string SwapWorkshop::copy_of(const std::string& from) {
    const std::string root = workshop_ / "field";
    fs::remove_all(root);
    fs::copy(workshop_ / from, root, fs::copy_options::recursive);
    return root;
}
std::string SwapWorkshop::fresh() {
    return copy_of("original");
}
std::string SwapWorkshop::updated() {
    return copy_of("updated");
}

void SwapWorkshop::copy_to(bool updated, const std::string& root) const {
    fs::copy(workshop_ / (updated ? "updated" : "original"), root, fs::copy_options::recursive);
}

EngineRun SwapWorkshop::engine(EngineCommand command, const std::string& root) const {
    const std::string bundle = command == EngineCommand::update ? bundle_ : std::string();
    return {command, root, bundle, workshop_ / "key.pub", small_engine()};
}

EngineRun SwapWorkshop::real_engine(const std::string& root) const {
    EngineRun run = engine(EngineCommand::update, root);
    run.executable = built("update");
    return run;
}

std::vector<std::string> SwapWorkshop::program(EngineCommand command, const std::string& root) const {
    std::vector<std::string> words{built("update"), "--root", root};
    switch (command) {
    case EngineCommand::update:
        words.insert(words.end(), {"--bundle", bundle_, "--trust", workshop_ / "key.pub"});
        break;
    case EngineCommand::rollback:
        words.emplace_back("rollback");
        break;
    case EngineCommand::recover:
        words.emplace_back("recover");
        break;
    }
    return words;
}

std::string SwapWorkshop::leftovers(const std::string& root) {
    std::string found;
    const std::string work = root + "/.lockstep/work";
    if (fs::exists(work))
        for (const auto& entry : fs::recursive_directory_iterator(work))
            found += entry.path().string() + "\n";
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const std::string path = entry.path().lexically_relative(root);
        if (path.find(".lockstep-") != std::string::npos || path.ends_with("-found") ||
            path.ends_with(".new"))
            found += path + "\n";
    }
    return found;
}

} // namespace lockstep
