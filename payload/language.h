// The language that a person is spoken to in, and what is said in it: one table for the command line and the
// window. What the system, SQLite or a release says keeps its own words.
#pragma once

#include "payload/messages.h"

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

enum class Language { english, french, spanish };
constexpr std::size_t languages = 3;

// By a name as POSIX ("fr_FR.UTF-8") and Windows ("fr-FR") have it. English for "C" and for what isn't known.
Language language_of(std::string_view locale);

// For the whole process, before another thread speaks; English until then.
void speak(Language language);

// The message in the language that is spoken, with {1}, {2}… replaced by what stands for them.
std::string say(Message message, std::initializer_list<std::string_view> parts = {});

// One row of the table: the same {1}, {2}… in each language.
struct MessageRow {
    Message message;
    std::array<std::string_view, languages> text; // by Language
};
constexpr bool are_in_order(std::span<const MessageRow> rows, Message first, Message last) {
    int expected = static_cast<int>(first);
    for (const MessageRow& row : rows)
        if (static_cast<int>(row.message) != expected++) return false;
    return expected == static_cast<int>(last) + 1;
}

// The table, in the order of Message.
extern const std::span<const MessageRow> ending_messages; // up to Message::last_ending
extern const std::span<const MessageRow> shown_messages;  // the rest
std::string_view text_of(Message message, Language language);
constexpr std::size_t message_count = static_cast<std::size_t>(Message::last_shown) + 1;

} // namespace lockstep
