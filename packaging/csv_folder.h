// A folder of tables as CSV: one file for each table, `<number>-<table>.csv`, in an order in which each table
// comes after those that its foreign keys refer to. The first row of a file names the columns.
//
// In a file's name, what isn't safe in file names everywhere stands as %XX. A file without a number belongs
// to the table that its name says, and comes in the order of names.
#pragma once

#include <string>
#include <vector>

namespace lockstep {

struct CsvFile {
    std::string path;
    std::string table;
};

// `number` counts from 1, of `count`: numbers have equally many digits, so that names sort as they count.
std::string csv_file_name(const std::string& table, std::size_t number, std::size_t count);

// The files of a folder, in order. Throws Error (wrong_usage) where there is none, or a file that isn't one.
std::vector<CsvFile> csv_files_in(const std::string& folder);

} // namespace lockstep
