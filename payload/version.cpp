#include "payload/version.h"

#include "payload/error.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace lockstep {
namespace {

constexpr std::size_t longest_version = 128; // bytes; versions become names of folders

struct Version {
    std::array<std::string_view, 3> numbers{"0", "0", "0"}; // digits, without leading zeros
    std::vector<std::string_view> pre_release;
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}
bool is_plain_number(std::string_view text) {
    return is_number(text) && (text.size() == 1 || text.front() != '0');
}

bool is_identifier(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    });
}

std::vector<std::string_view> split_at_dots(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t dot = text.find('.');
        parts.push_back(text.substr(0, dot));
        if (dot == std::string_view::npos) return parts;
        text.remove_prefix(dot + 1);
    }
}

// Cuts `text` before the first `mark`, and returns what follows the mark.
std::optional<std::string_view> cut_after(std::string_view& text, char mark) {
    const std::size_t place = text.find(mark);
    if (place == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(place + 1);
    text = text.substr(0, place);
    return rest;
}

std::optional<Version> parsed(std::string_view text) {
    if (text.size() > longest_version) return std::nullopt;
    Version version;
    if (const auto build = cut_after(text, '+');
        build && !std::ranges::all_of(split_at_dots(*build), is_identifier))
        return std::nullopt;
    if (const auto pre_release = cut_after(text, '-')) {
        version.pre_release = split_at_dots(*pre_release);
        for (const std::string_view part : version.pre_release)
            if (!is_identifier(part) || (is_number(part) && !is_plain_number(part))) return std::nullopt;
    }
    const std::vector<std::string_view> numbers = split_at_dots(text);
    if (numbers.size() > version.numbers.size() || !std::ranges::all_of(numbers, is_plain_number))
        return std::nullopt;
    std::ranges::copy(numbers, version.numbers.begin());
    return version;
}

// By value, of any length.
std::strong_ordering compare_numbers(std::string_view left, std::string_view right) {
    const std::strong_ordering by_length = left.size() <=> right.size();
    return by_length != std::strong_ordering::equal ? by_length : left <=> right;
}

// Numbers come before words (semver, 11.4.3).
std::strong_ordering compare_identifiers(std::string_view left, std::string_view right) {
    if (is_number(left) && is_number(right)) return compare_numbers(left, right);
    if (is_number(left) != is_number(right))
        return is_number(left) ? std::strong_ordering::less : std::strong_ordering::greater;
    return left <=> right;
}

Version required(std::string_view text) {
    const auto version = parsed(text);
    if (!version)
        throw Error(Code::wrong_usage, "compare", "versions",
                    "'" + std::string(text) + "' is not a version such as 1.2.0 or 1.2.0-rc.1");
    return *version;
}

} // namespace

bool is_version(std::string_view text) {
    return parsed(text).has_value();
}

std::strong_ordering compare_versions(std::string_view left_text, std::string_view right_text) {
    const Version left = required(left_text);
    const Version right = required(right_text);
    for (std::size_t i = 0; i < left.numbers.size(); ++i)
        if (const auto order = compare_numbers(left.numbers[i], right.numbers[i]); std::is_neq(order))
            return order;
    if (left.pre_release.empty() || right.pre_release.empty()) // a release comes after its pre-releases
        return left.pre_release.empty() <=> right.pre_release.empty();
    return std::lexicographical_compare_three_way(left.pre_release.begin(), left.pre_release.end(),
                                                  right.pre_release.begin(), right.pre_release.end(),
                                                  compare_identifiers);
}

} // namespace lockstep
