#include "packaging/toml_reader.h"

#include "payload/sqlite.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iomanip>
#include <sstream>
#include <utility>

namespace lockstep {
namespace {

std::string line_of(const std::string& file, const toml::source_region& region) {
    return file + " line " + std::to_string(region.begin.line);
}

std::string rfc3339(const toml::date& date, const toml::time& time, int offset_minutes) {
    using namespace std::chrono;
    const year_month_day day{year(date.year), month(date.month), std::chrono::day(date.day)};
    const sys_seconds moment = sys_days(day) + hours(time.hour) + minutes(time.minute) +
                               seconds(time.second) - minutes(offset_minutes);
    const sys_days utc_day = floor<days>(moment);
    const year_month_day utc(utc_day);
    const hh_mm_ss clock(moment - utc_day);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(utc.year()),
                  static_cast<unsigned>(utc.month()), static_cast<unsigned>(utc.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

std::optional<std::string> moment_of(const toml::node& node) {
    if (const auto* date = node.as_date()) return rfc3339(date->get(), toml::time{23, 59, 59, 0}, 0);
    const auto* moment = node.as_date_time();
    if (moment == nullptr || !moment->get().offset) return std::nullopt;
    return rfc3339(moment->get().date, moment->get().time, moment->get().offset->minutes);
}

// A date in quotes; nothing where it is none.
std::optional<std::string> moment_in(const std::string& text) {
    try {
        const toml::table quoted = toml::parse("moment = " + text);
        return moment_of(*quoted.get("moment"));
    } catch (const toml::parse_error&) {
        return std::nullopt;
    }
}

} // namespace

toml::table parse_toml(std::string_view text, const std::string& file) {
    try {
        return toml::parse(text, file);
    } catch (const toml::parse_error& error) {
        throw Error(Code::wrong_usage, "read", line_of(file, error.source()),
                    std::string(error.description()));
    }
}

TomlReader::TomlReader(const toml::table& table, std::string file) : table_(&table), file_(std::move(file)) {}

const toml::node* TomlReader::find(const std::string& key) {
    asked_.insert(key);
    return table_->get(key);
}

std::string TomlReader::place(const toml::node& node) const {
    return line_of(file_, node.source());
}

Error TomlReader::wrong(const std::string& key, const std::string& cause) const {
    const toml::node* node = table_->get(key);
    return {Code::wrong_usage, "read", place(node != nullptr ? *node : *table_), cause};
}

Error TomlReader::wrong_type(const toml::node& node, const std::string& key,
                             const std::string& expected) const {
    return {Code::wrong_usage, "read", place(node), "'" + key + "' must be " + expected};
}

std::string TomlReader::required_text(const std::string& key) {
    const std::optional<std::string> value = text(key);
    if (!value) throw wrong(key, "the key '" + key + "' is missing");
    if (value->empty()) throw wrong(key, "'" + key + "' is empty");
    return *value;
}

std::optional<std::string> TomlReader::text(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_string()) throw wrong_type(*node, key, "text in quotes");
    return node->as_string()->get();
}

std::optional<std::int64_t> TomlReader::number(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_integer()) throw wrong_type(*node, key, "a whole number");
    return node->as_integer()->get();
}

std::optional<bool> TomlReader::flag(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_boolean()) throw wrong_type(*node, key, "true or false");
    return node->as_boolean()->get();
}

std::vector<std::string> TomlReader::texts_of(const toml::node& node, const std::string& key) const {
    const toml::array* array = node.as_array();
    if (array == nullptr) throw wrong_type(node, key, "a list of texts, as in [\"one\", \"two\"]");
    std::vector<std::string> values;
    for (const toml::node& element : *array) {
        if (!element.is_string()) throw wrong_type(element, key, "a list of texts, as in [\"one\", \"two\"]");
        values.push_back(element.as_string()->get());
    }
    return values;
}

std::vector<std::string> TomlReader::texts(const std::string& key) {
    const toml::node* node = find(key);
    return node == nullptr ? std::vector<std::string>{} : texts_of(*node, key);
}

std::map<std::string, std::string> TomlReader::text_map(const std::string& key) {
    std::map<std::string, std::string> values = text_or_number_map(key);
    if (values.empty()) return values;
    for (auto&& [name, node] : *table_->get(key)->as_table())
        if (!node.is_string()) throw wrong_type(node, key + "." + std::string(name.str()), "text in quotes");
    return values;
}

std::map<std::string, std::string> TomlReader::text_or_number_map(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return {};
    if (!node->is_table()) throw wrong_type(*node, key, "a table, as in { name = \"value\" }");
    std::map<std::string, std::string> values;
    for (auto&& [name, value] : *node->as_table()) {
        const std::string whole = key + "." + std::string(name.str());
        if (value.is_table())
            throw wrong_type(value, whole, "text or a whole number (a name with a dot must stand in quotes)");
        if (!value.is_string() && !value.is_integer())
            throw wrong_type(value, whole, "text or a whole number");
        values[std::string(name.str())] =
            value.is_string() ? value.as_string()->get() : std::to_string(value.as_integer()->get());
    }
    return values;
}

std::map<std::string, std::string> TomlReader::sql_map(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return {};
    if (!node->is_table()) throw wrong_type(*node, key, "a table, as in { 1 = \"open\" }");
    std::map<std::string, std::string> values;
    for (auto&& [name, value] : *node->as_table()) {
        std::ostringstream sql;
        if (value.is_string())
            sql << quoted_text(value.as_string()->get());
        else if (value.is_boolean())
            sql << (value.as_boolean()->get() ? 1 : 0);
        else if (value.is_integer())
            sql << value.as_integer()->get();
        else if (value.is_floating_point() && std::isfinite(value.as_floating_point()->get()))
            sql << std::setprecision(17) << value.as_floating_point()->get();
        else
            throw wrong_type(value, key + "." + std::string(name.str()), "text, a number, true or false");
        values[std::string(name.str())] = sql.str();
    }
    return values;
}

std::map<std::string, std::vector<std::string>> TomlReader::texts_map(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return {};
    if (!node->is_table()) throw wrong_type(*node, key, "a table, as in { main = [\"one.db\"] }");
    std::map<std::string, std::vector<std::string>> values;
    for (auto&& [name, value] : *node->as_table()) {
        std::string whole = key;
        whole.append(".").append(name.str());
        values[std::string(name.str())] = texts_of(value, whole);
    }
    return values;
}

std::optional<std::string> TomlReader::moment(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto* text = node->as_string();
    std::optional<std::string> value = text != nullptr ? moment_in(text->get()) : moment_of(*node);
    if (!value)
        throw wrong_type(*node, key, "a date, or a date and time with its offset: 2027-01-31T00:00:00Z");
    return value;
}

std::optional<TomlReader> TomlReader::table(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    if (!node->is_table()) throw wrong_type(*node, key, "a table");
    return TomlReader(*node->as_table(), file_);
}

std::vector<TomlReader> TomlReader::tables(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_array_of_tables())
        throw wrong_type(*node, key, "a block, as in [[" + key + "]]");
    std::vector<TomlReader> readers;
    for (const toml::node& element : *array) readers.emplace_back(*element.as_table(), file_);
    return readers;
}

std::vector<std::string> TomlReader::keys() const {
    std::vector<std::string> names;
    for (auto&& [key, node] : *table_) names.emplace_back(key.str());
    return names;
}

void TomlReader::refuse_unknown_keys() const {
    for (auto&& [key, node] : *table_) {
        const std::string name(key.str());
        if (!asked_.contains(name))
            throw Error(Code::wrong_usage, "read", line_of(file_, key.source()),
                        "unknown key '" + name + "'");
    }
}

} // namespace lockstep
