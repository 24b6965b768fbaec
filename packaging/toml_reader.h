// A strict reader of TOML: every key must be asked for, and have the type asked for. Whatever else stands in
// the file is refused with its line (wrong_usage), because a mistyped key would otherwise be a promise that
// nobody keeps.
#pragma once

#include "payload/error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

namespace lockstep {

// Throws Error (wrong_usage) with the line where the text is no TOML.
toml::table parse_toml(std::string_view text, const std::string& file);

// The table must outlive its reader. Each reader of a missing key returns nothing, or an empty list.
class TomlReader {
  public:
    TomlReader(const toml::table& table, std::string file);

    std::string required_text(const std::string& key); // not empty
    std::optional<std::string> text(const std::string& key);
    std::optional<std::int64_t> number(const std::string& key);
    std::optional<bool> flag(const std::string& key);
    std::vector<std::string> texts(const std::string& key);
    std::map<std::string, std::string> text_map(const std::string& key);
    std::map<std::string, std::vector<std::string>> texts_map(const std::string& key);
    // Values are text or whole numbers; numbers come back as their digits.
    std::map<std::string, std::string> text_or_number_map(const std::string& key);
    // Values are text, numbers, true or false: as SQL writes them, 'text', 12, 1.5, 1, 0.
    std::map<std::string, std::string> sql_map(const std::string& key);
    // A date, a date and time, or either as text; RFC 3339 in UTC. A date alone stands for its last second.
    std::optional<std::string> moment(const std::string& key);
    std::optional<TomlReader> table(const std::string& key);
    std::vector<TomlReader> tables(const std::string& key); // [[key]]
    std::vector<std::string> keys() const;

    // To be called when every known key was asked for.
    void refuse_unknown_keys() const;
    // An error that names the key's line, or the table's where the key is missing.
    Error wrong(const std::string& key, const std::string& cause) const;

  private:
    const toml::node* find(const std::string& key);
    std::string place(const toml::node& node) const;
    Error wrong_type(const toml::node& node, const std::string& key, const std::string& expected) const;
    std::vector<std::string> texts_of(const toml::node& node, const std::string& key) const;

    const toml::table* table_;
    std::string file_;
    std::set<std::string> asked_;
};

} // namespace lockstep
