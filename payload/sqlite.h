// A SQLite connection and its statements.
//
// Every failure is an Error whose cause is SQLite's own words. The code depends on what SQLite says: a locked
// database is busy (13), a full disk or missing right is 12, an I/O error or want of memory is 1, a damaged
// file or one that is no database is 40; anything else has the connection's failure code, which whoever opens
// it chooses (a failing migration script is 20, a failing check 21). Where a system call failed, its errno
// decides, and the cause ends with the system's words.
#pragma once

#include "payload/error.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_value;

namespace lockstep {

class Statement {
  public:
    Statement(sqlite3* connection, std::string_view sql, Code failure);

    // Parameters count from 1.
    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view value);
    Statement& bind_null(int index);

    // True while there is a row.
    bool step();
    // Ends the run; throws where what it has left to write fails.
    void reset();

    // Columns count from 0.
    int columns() const;
    std::string name(int column) const;
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    // The value as a person would read it: NULL, 12, 'text', x'00ff'; long ones are cut.
    std::string shown(int column) const;

    sqlite3_stmt* handle() const { return statement_.get(); }

  private:
    Statement& require_bound(int result);
    Error out_of_memory() const;
    Error failed_run() const;

    sqlite3* connection_;
    Code failure_;
    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

// MAX_PATHNAME of SQLite's os_unix.c, less "-journal".
constexpr std::size_t longest_database_path = 504;

// SQLite opens what it may not write, or could not open for a moment, for reading, in silence. Throws Error
// (no_room_or_right) where it did.
void require_writable(sqlite3* connection, const std::string& path);

// How often SQL that is to be stopped asks: steps of SQLite's virtual machine, well under a millisecond.
constexpr int steps_between_questions = 10000;

enum class OpenMode {
    read_only,  // needs a place for -shm beside a database in WAL mode
    immutable,  // a file that nobody writes: no locks, no sidecar files
    read_write, // the file must exist
    create,     // made where it is missing
};

class Database {
  public:
    // `failure` is the code for SQL errors (see above). Cache is bounded to 8 MiB, temporary storage goes to
    // files, extensions can't be loaded.
    Database(const std::string& path, OpenMode mode, Code failure = Code::internal_error);

    // Runs one or more statements, no rows expected.
    void run(const std::string& sql);
    Statement prepare(std::string_view sql);
    // The first column of the first row; nothing where there is no row or it is NULL.
    std::optional<std::int64_t> integer(std::string_view sql);
    std::optional<std::string> text(std::string_view sql);
    // The first column of every row.
    std::vector<std::string> texts(std::string_view sql);

    // ATTACHes with the mode's options; `name` is quoted here.
    void attach(const std::string& path, const std::string& name, OpenMode mode);

    // From now on SQL asks it now and then; true ends the SQL with Code::cancelled.
    void stop_when(bool (*asked)());

    const std::string& path() const { return path_; }
    Code failure() const { return failure_; }
    sqlite3* handle() const { return connection_.get(); }

    // Closes and reports what closing reports; the destructor closes in silence.
    void close();

  private:
    std::string path_;
    Code failure_;
    std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection_;
};

// "name" with quotes doubled, as an SQL identifier.
std::string quoted_name(std::string_view name);
// 'text' with quotes doubled, as an SQL string.
std::string quoted_text(std::string_view text);

// What SQLite says of the last call on this connection, as an Error; see the codes above.
Error sqlite_error(sqlite3* connection, Code failure, const std::string& doing, const std::string& subject);

// A transaction that is undone unless commit() was called.
class Transaction {
  public:
    explicit Transaction(Database& database, const char* begin = "BEGIN IMMEDIATE");
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Database& database_;
    bool open_ = true;
};

} // namespace lockstep
