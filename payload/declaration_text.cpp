#include "payload/declaration_text.h"

#include "payload/loss_ledger.h"

#include <nlohmann/json.hpp>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>

namespace lockstep {
namespace {

constexpr std::size_t line_limit = 110; // a longer list is written with one name a line

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
    return text;
}

std::string list_text(const std::string& key, const std::vector<std::string>& quoted_names) {
    const std::string line = key + " = [" + joined(quoted_names, ", ") + "]";
    return line.size() <= line_limit ? line : key + " = [\n    " + joined(quoted_names, ",\n    ") + ",\n]";
}

// Several copies of a database may each lose another number of rows: the largest is what must be allowed.
std::string larger(const std::string& left, const std::string& right) {
    std::int64_t left_rows = 0;
    std::int64_t right_rows = 0;
    std::from_chars(left.data(), left.data() + left.size(), left_rows);
    std::from_chars(right.data(), right.data() + right.size(), right_rows);
    return left_rows >= right_rows ? left : right;
}

struct Merged {
    std::map<std::string, std::set<std::string>> lists;
    std::map<std::string, std::map<std::string, std::string>> maps;

    // What the release says already under the same keys: one key can't stand twice in release.toml.
    void keep(const Declarations& declared) {
        keep_list("dropped_tables", declared.dropped_tables);
        keep_list("changed_columns", declared.changed_columns);
        keep_list("dropped_columns", declared.dropped_columns);
        keep_list("ignore_tables", declared.ignore_tables);
        keep_map("renamed_tables", declared.renamed_tables);
        keep_map("moved_columns", declared.moved_columns);
        keep_map("max_shrink", declared.max_shrink);
    }

    void keep_list(const std::string& key, const std::vector<std::string>& names) {
        if (const auto found = lists.find(key); found != lists.end())
            found->second.insert(names.begin(), names.end());
    }

    void keep_map(const std::string& key, const std::map<std::string, std::string>& entries) {
        if (const auto found = maps.find(key); found != maps.end())
            found->second.insert(entries.begin(), entries.end());
    }

    void add(const std::string& declaration) {
        const toml::table parsed = toml::parse(declaration);
        for (const auto& [key, node] : parsed) {
            if (const toml::array* names = node.as_array())
                for (const auto& name : *names)
                    lists[std::string(key.str())].insert(name.value_or(std::string()));
            if (const toml::table* table = node.as_table())
                for (const auto& [name, value] : *table) {
                    std::string& merged = maps[std::string(key.str())][std::string(name.str())];
                    merged = larger(value.value_or(std::string()), merged);
                }
        }
    }
};

} // namespace

// A JSON string is a TOML basic string.
std::string toml_text(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string toml_key(const std::string& name) {
    const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
    return bare ? name : toml_text(name);
}

std::string listing(const std::string& key, const std::string& name) {
    return list_text(key, {toml_text(name)});
}

std::string mapping(const std::string& key, const std::string& name, const std::string& value) {
    return key + " = { " + toml_key(name) + " = " + toml_text(value) + " }";
}

std::string with_commas(std::int64_t number) {
    std::string text = std::to_string(number);
    const std::size_t first_digit = number < 0 ? 1 : 0;
    for (std::size_t at = text.size(); at > first_digit + 3;) text.insert(at -= 3, ",");
    return text;
}

std::string counted(std::int64_t number, const std::string& noun) {
    return (number == 0 ? "no" : with_commas(number)) + " " + noun + (number == 1 ? "" : "s");
}

std::string paste_ready(const std::vector<Violation>& violations, const Declarations& declared) {
    Merged merged;
    for (const Violation& violation : violations) merged.add(violation.declaration);
    merged.keep(declared);
    std::vector<std::string> lines;
    for (const auto& [key, names] : merged.lists) {
        std::vector<std::string> quoted_names;
        for (const std::string& name : names) quoted_names.push_back(toml_text(name));
        lines.push_back(list_text(key, quoted_names));
    }
    for (const auto& [key, map] : merged.maps) {
        std::vector<std::string> entries;
        for (const auto& [name, value] : map) entries.push_back(toml_key(name) + " = " + toml_text(value));
        lines.push_back(key + " = { " + joined(entries, ", ") + " }");
    }
    std::sort(lines.begin(), lines.end());
    return lines.empty() ? "" : joined(lines, "\n") + "\n";
}

} // namespace lockstep
