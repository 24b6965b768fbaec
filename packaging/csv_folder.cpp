#include "packaging/csv_folder.h"

#include "payload/digest.h"
#include "payload/error.h"
#include "updater/file_system.h"

#include <algorithm>
#include <charconv>

namespace lockstep {
namespace {

constexpr std::string_view ending = ".csv";
constexpr std::string_view unsafe = "%/\\:*?\"<>|"; // on some system or other, and the sign for them itself

std::string encoded(const std::string& table) {
    std::string name;
    for (const char c : table) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        if (!control && unsafe.find(c) == std::string_view::npos)
            name += c;
        else
            name += "%" + to_hex(bytes_of(std::string_view(&c, 1)));
    }
    return name;
}

std::string decoded(std::string_view name) {
    std::string table;
    for (std::size_t at = 0; at < name.size(); ++at) {
        unsigned value = 0;
        const char* const digits = name.data() + at + 1;
        const bool coded = name[at] == '%' && at + 2 < name.size() &&
                           std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
        table += coded ? static_cast<char>(value) : name[at];
        if (coded) at += 2;
    }
    return table;
}

std::string_view without_number(std::string_view name) {
    const std::size_t dash = name.find_first_not_of("0123456789");
    return dash != std::string_view::npos && dash > 0 && name[dash] == '-' ? name.substr(dash + 1) : name;
}

} // namespace

std::string csv_file_name(const std::string& table, std::size_t number, std::size_t count) {
    const std::string digits = std::to_string(number);
    return std::string(std::to_string(count).size() - digits.size(), '0') + digits + "-" + encoded(table) +
           std::string(ending);
}

std::vector<CsvFile> csv_files_in(const std::string& folder) {
    const auto status = system_files().status(folder);
    if (!status || status->kind != FileKind::folder)
        throw Error(Code::wrong_usage, "read", folder, "there is no such folder");
    std::vector<CsvFile> files;
    for (const std::string& name : system_files().names_in(folder)) {
        if (!name.ends_with(ending))
            throw Error(Code::wrong_usage, "take", joined(folder, name),
                        "a folder of tables holds only files named <table>.csv");
        const std::string_view stem = std::string_view(name).substr(0, name.size() - ending.size());
        files.push_back({joined(folder, name), decoded(without_number(stem))});
    }
    if (files.empty()) throw Error(Code::wrong_usage, "read", folder, "there is no table in it");
    return files;
}

} // namespace lockstep
