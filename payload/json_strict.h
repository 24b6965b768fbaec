// JSON as Lockstep's own documents use it: whatever could be read in two ways is refused.
//
// Refused, as Error (not_trusted, "Could not read <document>: …"): duplicate keys, nesting deeper than 32,
// numbers beyond 2^53 (where JSON readers begin to disagree), more than 2,000,000 values, invalid UTF-8, and
// anything before or after the value.
// Fields refuses missing keys, values of another type, and keys that nobody asked for; the message names the
// key.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

using Json = nlohmann::json;

constexpr std::size_t json_depth_limit = 32;
constexpr std::size_t json_value_limit = 2'000'000; // 100,000 files in three revisions are 1,500,000
constexpr std::uint64_t json_number_limit = std::uint64_t{1} << 53; // RFC 8259, section 6

// `document` is what messages call it: "the manifest".
Json parse_json(std::string_view text, const std::string& document);
// Compact, keys sorted: the same bytes for the same value. Throws Error (wrong_usage) for text that isn't
// UTF-8.
std::string write_json(const Json& value, const std::string& document);

// The fields of one object, each taken once. Values are moved out, so that a large document isn't held twice.
class Fields {
  public:
    // `place` names the object in messages: "from[0].files[3]"; empty for the document itself.
    Fields(Json value, std::string place, const std::string& document);

    bool has(const std::string& key) const { return object_.contains(key); }
    std::vector<std::string> keys() const; // those not taken yet, for an object whose keys are names
    Json take(const std::string& key);
    std::string text(const std::string& key);
    std::optional<std::string> optional_text(const std::string& key);
    std::uint64_t number(const std::string& key, std::uint64_t least = 0,
                         std::uint64_t most = json_number_limit);
    int small_number(const std::string& key, int least);
    double real(const std::string& key); // >= 0
    bool flag(const std::string& key);
    std::vector<Json> list(const std::string& key);
    std::vector<std::string> texts(const std::string& key);
    std::map<std::string, std::string> text_map(const std::string& key);

    // To be called last: refuses the keys that are left.
    void done() const;

    std::string place_of(const std::string& key) const;
    [[noreturn]] void refuse(const std::string& key, const std::string& why) const;

  private:
    Json object_;
    std::string place_;
    std::string document_;
};

} // namespace lockstep
