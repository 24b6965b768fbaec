#include "payload/json_strict.h"

#include "payload/error.h"

#include <limits>

namespace lockstep {

Fields::Fields(Json value, std::string place, const std::string& document)
    : object_(std::move(value)), place_(std::move(place)), document_(document) {
    if (object_.is_object()) return;
    throw Error(Code::not_trusted, "read", document_,
                (place_.empty() ? "it" : "'" + place_ + "'") + " must be an object");
}

std::vector<std::string> Fields::keys() const {
    std::vector<std::string> names;
    for (const auto& entry : object_.items()) names.push_back(entry.key());
    return names;
}

Json Fields::take(const std::string& key) {
    const auto found = object_.find(key);
    if (found == object_.end()) refuse(key, "is missing");
    Json value = std::move(*found);
    object_.erase(found);
    return value;
}

std::string Fields::text(const std::string& key) {
    Json value = take(key);
    if (!value.is_string()) refuse(key, "must be text");
    return std::move(value.get_ref<std::string&>());
}

std::optional<std::string> Fields::optional_text(const std::string& key) {
    if (!has(key)) return std::nullopt;
    return text(key);
}

std::uint64_t Fields::number(const std::string& key, std::uint64_t least, std::uint64_t most) {
    const Json value = take(key);
    if (!value.is_number_unsigned()) refuse(key, "must be a whole number");
    const auto number = value.get<std::uint64_t>();
    if (number < least || number > most)
        refuse(key, "must be from " + std::to_string(least) + " to " + std::to_string(most));
    return number;
}

int Fields::small_number(const std::string& key, int least) {
    return static_cast<int>(number(key, static_cast<std::uint64_t>(least), std::numeric_limits<int>::max()));
}

double Fields::real(const std::string& key) {
    const Json value = take(key);
    if (!value.is_number() || value.get<double>() < 0) refuse(key, "must be a number, 0 or more");
    return value.get<double>();
}

bool Fields::flag(const std::string& key) {
    const Json value = take(key);
    if (!value.is_boolean()) refuse(key, "must be true or false");
    return value.get<bool>();
}

std::vector<Json> Fields::list(const std::string& key) {
    Json value = take(key);
    if (!value.is_array()) refuse(key, "must be a list");
    return std::move(value.get_ref<Json::array_t&>());
}

std::vector<std::string> Fields::texts(const std::string& key) {
    std::vector<std::string> result;
    for (Json& value : list(key)) {
        if (!value.is_string()) refuse(key, "must be a list of texts");
        result.push_back(std::move(value.get_ref<std::string&>()));
    }
    return result;
}

std::map<std::string, std::string> Fields::text_map(const std::string& key) {
    Fields entries(take(key), place_of(key), document_);
    std::map<std::string, std::string> result;
    for (const std::string& name : entries.keys()) result.emplace(name, entries.text(name));
    return result;
}

void Fields::done() const {
    if (!object_.empty()) refuse(object_.begin().key(), "is not a key that this version knows");
}

std::string Fields::place_of(const std::string& key) const {
    return place_.empty() ? key : place_ + "." + key;
}

void Fields::refuse(const std::string& key, const std::string& why) const {
    throw Error(Code::not_trusted, "read", document_, "'" + place_of(key) + "' " + why);
}

} // namespace lockstep
