#include "tests/support/draft_desk.h"

#include "payload/sqlite.h"

#include <filesystem>
#include <stdexcept>

namespace lockstep {

namespace fs = std::filesystem;

DraftDesk::DraftDesk(const std::string& older_sql, const std::string& newer_sql) : desk_(older_sql) {
    Database(newer(), OpenMode::create).run(newer_sql);
}

Ran DraftDesk::diff(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"diff", older(), newer()};
    words.insert(words.end(), more.begin(), more.end());
    return desk_.lockstep(words);
}

Ran DraftDesk::draft(const std::string& decisions) const {
    std::vector<std::string> words{"draft", older(), newer(), "-o", "migrations/1.1.0"};
    if (!decisions.empty()) {
        write_file(desk_ / "decisions.toml", decisions);
        words.insert(words.end(), {"--decisions", "decisions.toml"});
    }
    return desk_.lockstep(words);
}

std::string DraftDesk::script(const std::string& name) const {
    const std::string path = desk_ / ("migrations/1.1.0/" + name);
    return fs::exists(path) ? read_file(path) : "";
}

void DraftDesk::declare(const Ran& drafted) const {
    if (drafted.code != 0)
        throw std::runtime_error("draft ended with " + std::to_string(drafted.code) + ": " + drafted.err);
    const std::string mask = "# under [[database]]: ";
    std::string declarations = drafted.out;
    std::string masked;
    if (const std::size_t at = declarations.find(mask); at != std::string::npos) {
        masked = declarations.substr(at + mask.size());
        declarations.erase(at);
    }
    desk_.release(declarations, masked);
}

Ran DraftDesk::rehearse(const Ran& drafted) const {
    declare(drafted);
    return desk_.rehearse();
}

std::string DraftDesk::updated(const Ran& drafted) const {
    declare(drafted);
    return MigrationDesk::database(desk_.updated());
}

} // namespace lockstep
