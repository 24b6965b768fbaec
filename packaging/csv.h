// CSV as RFC 4180 has it, by libcsv: what it calls a field may be there without a value.
//
// An empty field without quotes is NULL, an empty field with quotes is an empty text: every value is written
// in quotes. Line breaks within quotes belong to the value, and no byte of a value is changed. Rows end with
// CR LF; LF alone is read as well. A byte order mark at the beginning is passed over.
#pragma once

#include "updater/file_system.h"

#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

using CsvField = std::optional<std::string>; // nothing: NULL

struct CsvRow {
    std::size_t line = 0; // on which it begins, counted from 1
    std::vector<CsvField> fields;
};

// One row with its line end.
std::string csv_text(const std::vector<CsvField>& fields);

// The rows of a file, read piece by piece: a file may be larger than memory.
class CsvReader {
  public:
    explicit CsvReader(const std::string& path);
    ~CsvReader();

    // False at the end. Throws Error (wrong_usage) naming the file and the line where it isn't CSV.
    bool next(CsvRow& row);

    // "codes.csv, line 12": where an error is.
    std::string place(std::size_t line) const;

  private:
    struct Parser;
    void read_piece();

    std::string path_;
    std::unique_ptr<File> file_;
    std::uint64_t offset_ = 0;
    std::unique_ptr<Parser> parser_;
};

} // namespace lockstep
