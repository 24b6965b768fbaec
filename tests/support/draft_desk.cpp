#include "tests/support/draft_desk.h"

#include "payload/sqlite.h"

#include <filesystem>
#include <stdexcept>

namespace lockstep {

namespace fs = std::filesystem;

namespace {

void must(const Ran& ran, const std::string& what) {
    if (ran.code != 0)
        throw std::runtime_error(what + " ended with " + std::to_string(ran.code) + ": " + ran.err);
}

} // namespace

DraftDesk::DraftDesk(const std::string& older_sql, const std::string& newer_sql) {
    Database(older(), OpenMode::create).run(older_sql); // too long for a command line, some of them
    Database(newer(), OpenMode::create).run(newer_sql);
    for (const std::string version : {"1.0.0", "1.1.0"})
        write_file(folder_ / ("app-" + version + "/app.txt"), "of " + version + "\n");
}

Ran DraftDesk::diff(const std::vector<std::string>& more) const {
    std::vector<std::string> argv{built("lockstep"), "diff", older(), newer()};
    argv.insert(argv.end(), more.begin(), more.end());
    return run(argv, folder_.path());
}

Ran DraftDesk::draft(const std::string& decisions) const {
    std::vector<std::string> argv{built("lockstep"), "draft", older(), newer(), "-o", "migrations/1.1.0"};
    if (!decisions.empty()) {
        write_file(folder_ / "decisions.toml", decisions);
        argv.insert(argv.end(), {"--decisions", "decisions.toml"});
    }
    return run(argv, folder_.path());
}

std::string DraftDesk::script(const std::string& name) const {
    const std::string path = folder_ / ("migrations/1.1.0/" + name);
    return fs::exists(path) ? read_file(path) : "";
}

Ran DraftDesk::rehearse(const Ran& drafted) const {
    const std::string mask = "# under [[database]]: ";
    std::string declarations = drafted.out;
    std::string masked;
    if (const std::size_t at = declarations.find(mask); at != std::string::npos) {
        masked = declarations.substr(at + mask.size());
        declarations.erase(at);
    }
    write_file(
        folder_ / "release.toml",
        "product = \"drafted\"\nversion = \"1.1.0\"\ncode = \"app-1.1.0\"\nmigrations = \"migrations\"\n" +
            declarations +
            "[[previous]]\nversion = \"1.0.0\"\ncode = \"app-1.0.0\"\nsamples = { main = [\"old.db\"] }\n"
            "[[database]]\nname = \"main\"\npath = \"data/app.db\"\n" +
            masked);
    return run({built("lockstep"), "rehearse", "release.toml"}, folder_.path());
}

std::string DraftDesk::updated(const Ran& drafted) const {
    must(drafted, "draft");
    must(rehearse(drafted), "rehearse");
    must(run({built("lockstep"), "keygen", "key"}, folder_.path()), "keygen");
    must(run({built("lockstep"), "build", "release.toml", "--key", "key.key", "-o", "out.bundle"},
             folder_.path()),
         "build");
    const std::string root = folder_ / "installation";
    fs::copy(folder_ / "app-1.0.0", root);
    fs::create_directories(root + "/data");
    fs::copy_file(older(), root + "/data/app.db");
    must(run({built("update"), "--root", root, "--bundle", folder_ / "out.bundle", "--trust",
              folder_ / "key.pub"},
             folder_.path()),
         "update");
    return root + "/data/app.db";
}

} // namespace lockstep
