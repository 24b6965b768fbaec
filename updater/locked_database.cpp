#include "updater/locked_database.h"

#include "payload/language.h"
#include "payload/sqlite.h"
#include "updater/database_file.h"

#include <algorithm>
#include <array>
#include <sqlite3.h>

namespace lockstep {
namespace {

constexpr int busy_timeout_ms = 2000; // an application's own short transaction may end

// For whoever looks at the file later. Not SQLite's magic, so that SQLite says "file is not a database".
constexpr std::string_view invalid_header = "This is no database any more: an update replaced it.\n";
constexpr std::size_t header_size = 100; // https://sqlite.org/fileformat2.html#the_database_header

using Connection = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

Error in_use(const std::string& path, const FileStatus& file) {
    return {Code::busy, "lock the database", path, say(Message::who_uses_it, {names_of(holders_of({file}))})};
}

Connection open_connection(const std::string& path) {
    sqlite3* made = nullptr;
    const int result =
        sqlite3_open_v2(path.c_str(), &made, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, nullptr);
    Connection connection(made, &sqlite3_close_v2);
    if (result != SQLITE_OK) throw sqlite_error(made, Code::internal_error, "open the database", path);
    require_writable(made, path);
    sqlite3_extended_result_codes(made, 1);
    sqlite3_busy_timeout(made, busy_timeout_ms);
    // At the end SQLite looks whether its file still has its name, and then removes the WAL of that name:
    // between the two another database may come to stand there. remove_sidecars() has done it already.
    sqlite3_db_config(made, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return connection;
}

// Not payload/sqlite.h's Database: that one reads the schema before the locking mode could be set.
class Locking {
  public:
    Locking(sqlite3* connection, const std::string& path, const FileStatus& file)
        : connection_(connection), path_(path), file_(file) {}

    void lock() {
        // Set before the first read: a database in WAL mode is then used without shared memory.
        run("PRAGMA locking_mode=EXCLUSIVE");
        run("PRAGMA schema_version"); // the first read: rolls back a hot journal or reads the WAL
        if (text("PRAGMA journal_mode") == "wal") checkpoint();
        run("BEGIN EXCLUSIVE");
    }

  private:
    // The first column of the first row.
    std::string text(const char* sql) try {
        Statement statement(connection_, sql, Code::internal_error);
        std::string value;
        for (bool first = true; statement.step(); first = false)
            if (first) value = statement.text(0);
        return value;
    } catch (const Error& error) {
        if (error.code() == Code::busy) throw in_use(path_, file_);
        throw Error(error.code(), "lock the database", path_, error.cause());
    }
    void run(const char* sql) { static_cast<void>(text(sql)); }

    void checkpoint() {
        if (text("PRAGMA wal_checkpoint(TRUNCATE)") != "0") throw in_use(path_, file_);
    }

    sqlite3* connection_;
    const std::string& path_;
    const FileStatus& file_;
};

// With the exclusive lock held nobody else uses them, and they hold nothing any more: SQLite has played a hot
// journal back, and written the WAL into the database and to the disk. They must be gone before another
// database stands here.
void remove_sidecars(const std::string& path) {
    for (const std::string& sidecar : sidecar_paths(path)) system_files().remove_file(sidecar);
}

void close_connection(Connection& connection, const std::string& path) {
    if (!connection) return;
    const std::string doing = "unlock the database";
    if (sqlite3_exec(connection.get(), "ROLLBACK", nullptr, nullptr, nullptr) != SQLITE_OK ||
        sqlite3_close(connection.get()) != SQLITE_OK)
        throw sqlite_error(connection.get(), Code::internal_error, doing, path);
    static_cast<void>(connection.release());
}

} // namespace

struct LockedDatabase::State {
    explicit State(const std::string& where) : path(where), file(where), connection(open_connection(where)) {}
    std::string path;
    DatabaseHandle file;
    Connection connection;
};

LockedDatabase::LockedDatabase(const std::string& path) : state_(std::make_unique<State>(path)) {
    state_->file.attach(state_->connection.get());
    const FileStatus file = state_->file.status();
    Locking(state_->connection.get(), path, file).lock();
    if (state_->file.excludes_others()) close_connection(state_->connection, path);
    remove_sidecars(path);
}

LockedDatabase::~LockedDatabase() = default;

const std::string& LockedDatabase::path() const {
    return state_->path;
}
FileStatus LockedDatabase::status() const {
    return state_->file.status();
}
std::uint64_t LockedDatabase::size() const {
    return state_->file.size();
}
void LockedDatabase::read(std::uint64_t offset, std::span<std::byte> out) const {
    state_->file.read(offset, out);
}

bool LockedDatabase::claim_alone() {
    return state_->file.claim();
}
bool LockedDatabase::still_alone() const {
    return state_->file.is_still_claimed();
}
void LockedDatabase::unclaim() {
    state_->file.unclaim();
}

void LockedDatabase::invalidate() {
    std::array<std::byte, header_size> header{};
    std::ranges::copy(bytes_of(invalid_header), header.begin());
    state_->file.overwrite_beginning(header);
}

void LockedDatabase::release() {
    close_connection(state_->connection, state_->path);
    state_->file.detach();
}

std::vector<std::string> sidecar_paths(const std::string& database_path) {
    return {database_path + "-wal", database_path + "-shm", database_path + "-journal"};
}

} // namespace lockstep
