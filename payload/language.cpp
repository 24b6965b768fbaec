#include "payload/language.h"

#include <atomic>

namespace lockstep {
namespace {

std::atomic<Language> spoken{Language::english};

} // namespace

Language language_of(std::string_view locale) {
    const std::string_view name = locale.substr(0, locale.find_first_of("_-.@"));
    if (name == "fr") return Language::french;
    if (name == "es") return Language::spanish;
    return Language::english;
}

void speak(Language language) {
    spoken = language;
}

std::string_view text_of(Message message, Language language) {
    const auto row = static_cast<std::size_t>(message);
    const auto column = static_cast<std::size_t>(language);
    return row < ending_messages.size() ? ending_messages[row].text.at(column)
                                        : shown_messages[row - ending_messages.size()].text.at(column);
}

std::string say(Message message, std::initializer_list<std::string_view> parts) {
    const std::string_view pattern = text_of(message, spoken);
    std::string text;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const bool is_place = pattern[at] == '{' && at + 2 < pattern.size() && pattern[at + 2] == '}';
        if (!is_place) {
            text += pattern[at];
            continue;
        }
        const auto number = static_cast<std::size_t>(pattern[at + 1] - '1');
        if (number < parts.size()) text += parts.begin()[number];
        at += 2;
    }
    return text;
}

} // namespace lockstep
