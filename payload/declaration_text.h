// Declarations as text for release.toml, and counts as a person reads them.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

std::string listing(const std::string& key, const std::string& name); // key = ["name"]
std::string mapping(const std::string& key, const std::string& name,
                    const std::string& value); // key = { name = "value" }

// As TOML writes them: a text in quotes, and a key in quotes where it needs them.
std::string toml_text(const std::string& text);
std::string toml_key(const std::string& name);

std::string with_commas(std::int64_t number); // 1,204
// "1 row", "1,204 rows", "no rows"
std::string counted(std::int64_t number, const std::string& noun);

} // namespace lockstep
