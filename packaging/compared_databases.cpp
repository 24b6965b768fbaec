#include "packaging/compared_databases.h"

#include "updater/file_system.h"

#include <array>

namespace lockstep {
namespace {

// A database in WAL mode whose log is gone (nobody has it open) is read as it lies there: else SQLite would
// make a new log beside it, and leave it.
OpenMode mode_for(const std::string& file) {
    constexpr std::size_t version_at = 18; // https://sqlite.org/fileformat.html: 2 for WAL
    const FileSystem& files = system_files();
    if (!files.status(file) || files.status(file)->kind != FileKind::file || files.status(file + "-wal"))
        return OpenMode::read_only;
    const auto content = files.open(file);
    std::array<std::byte, version_at + 1> head{};
    if (content->size() < head.size()) return OpenMode::read_only;
    content->read(0, head);
    return head[version_at] == std::byte{2} ? OpenMode::immutable : OpenMode::read_only;
}

} // namespace

Database open_to_read(const std::string& file) try {
    Database database(file, mode_for(file), Code::wrong_usage);
    // SQLite calls an empty file a database; nobody means it.
    if (database.integer("PRAGMA page_count").value_or(0) == 0)
        throw Error(Code::wrong_usage, "use", file, "the file is empty");
    database.run("SELECT count(*) FROM sqlite_schema"); // which fails where it is damaged
    return database;
} catch (Error& error) {
    throw with_code(error.during("reading " + file), Code::wrong_usage);
}

ComparedDatabases open_compared(const std::string& older, const std::string& newer) try {
    static_cast<void>(open_to_read(newer));
    Database database = open_to_read(older);
    database.attach(newer, "newer", mode_for(newer));
    DatabaseSchema old_schema = read_database_schema(database, "main");
    DatabaseSchema new_schema = read_database_schema(database, "newer");
    return {std::move(database), std::move(old_schema), std::move(new_schema)};
} catch (const Error& error) {
    throw with_code(error, Code::wrong_usage);
}

} // namespace lockstep
