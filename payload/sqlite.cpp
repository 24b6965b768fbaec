#include "payload/sqlite.h"

#include "payload/digest.h"
#include "payload/language.h"

#include <cerrno>
#include <sqlite3.h>
#include <system_error>

namespace lockstep {
namespace {

// The extended codes' low byte is the primary one: https://sqlite.org/rescode.html
Code code_for(int result, Code failure) {
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: // in WAL mode, where others were always quicker
        return Code::busy;
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return Code::no_room_or_right;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return Code::live_damaged;
    case SQLITE_INTERRUPT:
        return Code::cancelled;
    case SQLITE_IOERR: // says nothing about what is in the file, nor about the release
    case SQLITE_NOMEM:
        return Code::internal_error;
    default:
        return failure;
    }
}

// The errno of the system call that failed; 0 where none did. SQLite doesn't keep it where a COMMIT fails:
// then errno itself tells, if it is that of a full disk or a missing right, and not of a look for a missing
// file.
int system_error_of(sqlite3* connection, int result, int number) {
    const int primary = result & 0xff;
    if (!connection || (primary != SQLITE_IOERR && primary != SQLITE_CANTOPEN)) return 0;
    if (result == SQLITE_IOERR_SHORT_READ) return 0;
    const int kept = sqlite3_system_errno(connection);
    // Where SQLite may not create a file it tries to read it, and what it keeps is that there is none.
    if (primary == SQLITE_CANTOPEN && kept == ENOENT) return 0;
    if (kept != 0) return kept;
    return number == EIO || code_of_system_error(number) == Code::no_room_or_right ? number : 0;
}

std::string file_of(sqlite3* connection) {
    const char* const path = sqlite3_db_filename(connection, "main");
    return path && *path ? path : "a database in memory";
}

constexpr std::size_t shown_limit = 80;     // characters of a value in a message
constexpr int standard_busy_timeout = 2000; // ms; another program's own short transaction may end

std::string cut(std::string text) {
    if (text.size() <= shown_limit) return text;
    std::size_t end = shown_limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end; // not inside a UTF-8 character
    return text.substr(0, end) + "…";
}

std::string uri_of(const std::string& path, OpenMode mode) {
    std::string uri = "file:";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#')
            uri += "%" + to_hex(bytes_of(std::string_view(&c, 1)));
        else
            uri += c;
    }
    switch (mode) {
    case OpenMode::immutable:
        return uri + "?mode=ro&immutable=1";
    case OpenMode::read_only:
        return uri + "?mode=ro";
    case OpenMode::read_write:
        return uri + "?mode=rw";
    case OpenMode::create:
        return uri + "?mode=rwc";
    }
    return uri;
}

} // namespace

Error sqlite_error(sqlite3* connection, Code failure, const std::string& doing, const std::string& subject) {
    const int last = errno;
    const int result = connection ? sqlite3_extended_errcode(connection) : SQLITE_NOMEM;
    std::string cause = connection ? sqlite3_errmsg(connection) : "out of memory";
    if ((result & 0xff) == SQLITE_IOERR)
        cause += " (" + std::string(sqlite3_errstr(result)) + ", " + std::to_string(result) + ")";
    if (result == SQLITE_NOMEM && cause != sqlite3_errstr(result)) // while it made a temporary file
        cause += " (" + std::string(sqlite3_errstr(result)) + ")";
    const int number = system_error_of(connection, result, last);
    if (number == 0) return {code_for(result, failure), doing, subject, cause};
    return {code_of_system_error(number), doing, subject,
            cause + ": " + std::system_category().message(number)};
}

Statement::Statement(sqlite3* connection, std::string_view sql, Code failure)
    : connection_(connection), failure_(failure), statement_(nullptr, &sqlite3_finalize) {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &made, nullptr) != SQLITE_OK)
        throw sqlite_error(connection, failure, "prepare the SQL", cut(std::string(sql)))
            .during("using " + file_of(connection));
    statement_.reset(made);
}

// A value that was not bound is NULL, and "WHERE id=NULL" is true of no row.
Statement& Statement::require_bound(int result) {
    if (result != SQLITE_OK)
        throw sqlite_error(connection_, failure_, "bind a value in the SQL",
                           cut(sqlite3_sql(statement_.get())));
    return *this;
}

Statement& Statement::bind(int index, std::int64_t value) {
    return require_bound(sqlite3_bind_int64(statement_.get(), index, value));
}

Statement& Statement::bind(int index, std::string_view value) {
    return require_bound(sqlite3_bind_text(statement_.get(), index, value.data(),
                                           static_cast<int>(value.size()), SQLITE_TRANSIENT));
}

Statement& Statement::bind_null(int index) {
    return require_bound(sqlite3_bind_null(statement_.get(), index));
}

Error Statement::failed_run() const {
    return sqlite_error(connection_, failure_, "run the SQL", cut(sqlite3_sql(statement_.get())))
        .during("using " + file_of(connection_));
}

bool Statement::step() {
    const int result = sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    throw failed_run();
}

// A statement that was not stepped to its end writes when it is reset: a change of the journal mode its
// header.
void Statement::reset() {
    if (sqlite3_reset(statement_.get()) != SQLITE_OK) throw failed_run();
}

int Statement::columns() const {
    return sqlite3_column_count(statement_.get());
}
std::string Statement::name(int column) const {
    const char* name = sqlite3_column_name(statement_.get(), column);
    if (!name) throw out_of_memory();
    return name;
}
bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}
double Statement::real(int column) const {
    return sqlite3_column_double(statement_.get(), column);
}

Error Statement::out_of_memory() const {
    return {Code::internal_error, "read the result of", cut(sqlite3_sql(statement_.get())), "out of memory"};
}

// Nothing comes of NULL, and of a value that there is no memory to convert: that one is no empty text.
std::string Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    if (!text && sqlite3_errcode(connection_) == SQLITE_NOMEM) throw out_of_memory();
    return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)))
                : std::string();
}

std::string Statement::shown(int column) const {
    switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_NULL:
        return "NULL";
    case SQLITE_TEXT:
        return cut("'" + text(column) + "'");
    case SQLITE_BLOB: {
        const auto* blob = static_cast<const std::byte*>(sqlite3_column_blob(statement_.get(), column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
        return cut("x'" + to_hex({blob, size}) + "'");
    }
    default:
        return text(column);
    }
}

void require_writable(sqlite3* connection, const std::string& path) {
    if (sqlite3_db_readonly(connection, "main") != 0)
        throw Error(Code::no_room_or_right, "open the database", path,
                    std::string("it could be opened for reading only: ") + sqlite3_errstr(SQLITE_READONLY));
}

Database::Database(const std::string& path, OpenMode mode, Code failure)
    : path_(path), failure_(failure), connection_(nullptr, &sqlite3_close_v2) {
    sqlite3* made = nullptr;
    // What is written to must lie where it is said to.
    const bool writes = mode == OpenMode::read_write || mode == OpenMode::create;
    const int no_link = writes ? SQLITE_OPEN_NOFOLLOW : 0;
    const int result =
        sqlite3_open_v2(uri_of(path, mode).c_str(), &made,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | no_link, nullptr);
    connection_.reset(made);
    if (result != SQLITE_OK && sqlite3_extended_errcode(made) == SQLITE_CANTOPEN_SYMLINK)
        throw Error(Code::not_recognised, "open the database", path,
                    "it is a link, or a folder on its way is one");
    if (result != SQLITE_OK && path.size() > longest_database_path)
        throw Error(Code::no_room_or_right, "open the database", path,
                    "its path is longer than the " + std::to_string(longest_database_path) +
                        " bytes that SQLite takes")
            .advise(say(Message::shorten_the_path));
    if (result != SQLITE_OK) throw sqlite_error(made, failure, "open the database", path);
    sqlite3_extended_result_codes(made, 1);
    sqlite3_busy_timeout(made, standard_busy_timeout);
    sqlite3_db_config(made, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
    run("PRAGMA cache_size=-8192; PRAGMA temp_store=1;");
}

void Database::run(const std::string& sql) {
    if (sql.find('\0') != std::string::npos) // SQLite would stop there, however often it is called
        throw Error(failure_, "run the SQL", cut(sql), "it holds a zero byte").during("using " + path_);
    const char* rest = sql.c_str();
    const char* const end = rest + sql.size();
    while (rest < end) {
        sqlite3_stmt* made = nullptr;
        const char* tail = nullptr;
        if (sqlite3_prepare_v2(handle(), rest, static_cast<int>(end - rest), &made, &tail) != SQLITE_OK)
            throw sqlite_error(handle(), failure_, "prepare the SQL", cut(rest)).during("using " + path_);
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(made, &sqlite3_finalize);
        int result = SQLITE_DONE;
        while (made && (result = sqlite3_step(made)) == SQLITE_ROW) {
        }
        if (result != SQLITE_DONE)
            throw sqlite_error(handle(), failure_, "run the SQL", cut(sqlite3_sql(made)))
                .during("using " + path_);
        rest = tail;
    }
}

void Database::stop_when(bool (*asked)()) {
    static_assert(sizeof(asked) == sizeof(void*));
    sqlite3_progress_handler(
        handle(), steps_between_questions,
        [](void* question) noexcept { return reinterpret_cast<bool (*)()>(question)() ? 1 : 0; },
        reinterpret_cast<void*>(asked));
}

Statement Database::prepare(std::string_view sql) {
    return {handle(), sql, failure_};
}

std::optional<std::int64_t> Database::integer(std::string_view sql) {
    Statement statement = prepare(sql);
    std::optional<std::int64_t> value;
    if (statement.step() && !statement.is_null(0)) value = statement.integer(0);
    statement.reset();
    return value;
}

std::optional<std::string> Database::text(std::string_view sql) {
    Statement statement = prepare(sql);
    std::optional<std::string> value;
    if (statement.step() && !statement.is_null(0)) value = statement.text(0);
    statement.reset();
    return value;
}

std::vector<std::string> Database::texts(std::string_view sql) {
    std::vector<std::string> all;
    Statement statement = prepare(sql);
    while (statement.step()) all.push_back(statement.text(0));
    return all;
}

void Database::attach(const std::string& path, const std::string& name, OpenMode mode) {
    run("ATTACH " + quoted_text(uri_of(path, mode)) + " AS " + quoted_name(name));
}

void Database::close() {
    if (sqlite3_close(handle()) != SQLITE_OK)
        throw sqlite_error(handle(), failure_, "close the database", path_);
    static_cast<void>(connection_.release());
}

std::string quoted_name(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + "\"";
}

std::string quoted_text(std::string_view value) {
    std::string text = "'";
    for (const char c : value) text += c == '\'' ? std::string("''") : std::string(1, c);
    return text + "'";
}

Transaction::Transaction(Database& database, const char* begin) : database_(database) {
    database_.run(begin);
}

Transaction::~Transaction() {
    // Undoing can only fail where SQLite has undone it already.
    if (open_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    database_.run("COMMIT");
    open_ = false;
}

} // namespace lockstep
