#include "payload/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace lockstep {
namespace {

constexpr std::string_view as_it_was = "Your data and the application are exactly as they were.";

constexpr std::array<CodeMeaning, 15> meanings{{
    {Code::ok, "ok", "Your data is safe.", "Nothing needs to be done."},
    {Code::internal_error, "internal-error", as_it_was,
     "Try again; if it happens again, send the message to whoever made the update."},
    {Code::wrong_usage, "wrong-usage", "Nothing was changed.",
     "Correct the command line or the release, and try again."},
    {Code::tidying_waits, "updated-tidying-waits", "The update is complete and your data is safe.",
     "Nothing needs to be done: what is left over is removed at the next start."},
    {Code::not_recognised, "not-recognised", as_it_was,
     "Send the message to whoever made the update: it was not made for what is installed here."},
    {Code::not_trusted, "not-trusted", as_it_was,
     "Don't use this file. Get the update again from whoever made it."},
    {Code::no_room_or_right, "no-room-or-right", as_it_was,
     "Free some space, or start the update as someone who may write there, and try again."},
    {Code::busy, "busy", as_it_was, "Close the application everywhere, and try again."},
    {Code::migration_failed, "migration-failed", as_it_was,
     "Go on working with the old version, and send the message to whoever made the update."},
    {Code::verification_failed, "verification-failed", as_it_was,
     "Go on working with the old version, and send the message to whoever made the update."},
    {Code::health_failed, "health-failed", as_it_was,
     "Go on working with the old version, and send the message to whoever made the update."},
    {Code::swap_rolled_back, "failed-and-undone", as_it_was,
     "Try again; if it happens again, the disk may be failing: make a copy of your data."},
    {Code::live_damaged, "live-damaged",
     "The database was damaged before the update began. Nothing was changed.",
     "Make a copy of the whole folder, and ask for help with repairing the database before you go on."},
    {Code::needs_person, "needs-person", "Everything is kept: nothing was deleted.",
     "Don't start the application. Keep this computer as it is, and ask whoever made the update for help."},
    {Code::cancelled, "cancelled", as_it_was, "Start the update again when it suits you."},
}};

// What a name that somebody else chose could do to a terminal or a log is shown instead: an escape sequence,
// or a zero byte that would end the message. Lines are the messages' own.
std::string printable(const std::string& text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte >= 0x20 && byte != 0x7f) || c == '\n')
            shown += c;
        else
            shown += {'\\', 'x', digits[byte / 16], digits[byte % 16]};
    }
    return shown;
}

std::string sentence(std::string doing, const std::string& subject, const std::string& cause) {
    std::string text = "Could not " + std::move(doing);
    if (!subject.empty()) text += " " + subject;
    return cause.empty() ? text + "." : text + ": " + cause;
}

} // namespace

const CodeMeaning& meaning_of(Code code) {
    for (const CodeMeaning& meaning : meanings)
        if (meaning.code == code) return meaning;
    return meanings[1];
}

Code code_of_system_error(int number) {
#ifdef EDQUOT // which std::errc doesn't have
    if (number == EDQUOT) return Code::no_room_or_right;
#endif
    const auto condition = std::system_category().default_error_condition(number);
    constexpr std::array room_or_right{std::errc::no_space_on_device, std::errc::file_too_large,
                                       std::errc::permission_denied, std::errc::operation_not_permitted,
                                       std::errc::read_only_file_system};
    return std::ranges::find(room_or_right, condition) != room_or_right.end() ? Code::no_room_or_right
                                                                              : Code::internal_error;
}

Error::Error(Code code, std::string doing, std::string subject, std::string cause)
    : code_(code), subject_(std::move(subject)), cause_(std::move(cause)),
      message_(printable(sentence(std::move(doing), subject_, cause_))) {}

Error& Error::during(const std::string& context) {
    message_ = "While " + printable(context) + ": " + message_;
    return *this;
}

Error& Error::advise(std::string advice) {
    advice_ = std::move(advice);
    return *this;
}

std::string Error::advice() const {
    return advice_.empty() ? std::string(meaning_of(code_).advice) : advice_;
}

Error with_code(const Error& error, Code code) {
    Error copy = error;
    copy.code_ = code;
    return copy;
}

Error caught_error() {
    try {
        throw;
    } catch (const Error& error) {
        return error;
    } catch (const std::exception& error) {
        return {Code::internal_error, "go on", {}, std::string("unexpectedly: ") + error.what()};
    }
}

} // namespace lockstep
