// Goes through an SQL script one statement at a time, knowing the line of each.
#pragma once

#include "payload/sqlite.h"

#include <memory>
#include <string>
#include <string_view>

namespace lockstep {

// Errors have the connection's failure code (payload/sqlite.h), the subject "name line 12", and as cause
// SQLite's words with the beginning of the statement.
class ScriptReader {
  public:
    // `text` must outlive it. Throws where it holds a zero byte: SQLite would silently stop there.
    ScriptReader(Database& database, std::string name, const std::string& text);

    // Prepares the next statement; false after the last.
    bool next();
    // Whether there is a row.
    bool step();

    sqlite3_stmt* statement() const { return statement_.get(); }
    std::string_view text() const { return text_; } // of this statement, from its first word
    std::string place() const;                      // "1.1.0/all.sql line 12"

    // SQLite's last error on this connection, as an error of this statement.
    Error error() const;
    // An error of this statement with a cause of one's own.
    Error error(Code code, const std::string& cause) const;

  private:
    void place_at(std::string_view piece);

    Database& database_;
    std::string name_;
    const char* rest_; // zero-terminated, or SQLite would copy all of it for each statement
    const char* end_;
    std::string_view text_;
    int line_ = 1;      // of the statement
    int rest_line_ = 1; // of what comes after it
    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

} // namespace lockstep
