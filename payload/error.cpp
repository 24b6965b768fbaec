#include "payload/error.h"

#include "payload/language.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace lockstep {
namespace {

constexpr std::array<CodeMeaning, 15> meanings{{
    {Code::ok, "ok", Message::everything_in_order, Message::data_is_safe, Message::do_nothing},
    {Code::internal_error, "internal-error", Message::unexpected_fault, Message::as_it_was,
     Message::try_again_or_send},
    {Code::wrong_usage, "wrong-usage", Message::not_possible, Message::nothing_changed,
     Message::correct_and_try_again},
    {Code::tidying_waits, "updated-tidying-waits", Message::done_but_tidying, Message::complete_and_safe,
     Message::do_nothing_left_over},
    {Code::not_recognised, "not-recognised", Message::does_not_fit, Message::as_it_was,
     Message::send_wrong_installation},
    {Code::not_trusted, "not-trusted", Message::cannot_be_trusted, Message::as_it_was, Message::get_it_again},
    {Code::no_room_or_right, "no-room-or-right", Message::no_room_or_right, Message::as_it_was,
     Message::make_room_or_get_right},
    {Code::busy, "busy", Message::somebody_is_busy, Message::as_it_was, Message::close_the_application},
    {Code::migration_failed, "migration-failed", Message::data_not_converted, Message::as_it_was,
     Message::go_on_and_send},
    {Code::verification_failed, "verification-failed", Message::copy_is_wrong, Message::as_it_was,
     Message::go_on_and_send},
    {Code::health_failed, "health-failed", Message::failed_its_own_test, Message::as_it_was,
     Message::go_on_and_send},
    {Code::swap_rolled_back, "failed-and-undone", Message::failed_and_undone, Message::as_it_was,
     Message::try_again_or_copy},
    {Code::live_damaged, "live-damaged", Message::database_is_damaged, Message::damaged_before,
     Message::copy_and_ask},
    {Code::needs_person, "needs-person", Message::could_not_end, Message::everything_kept,
     Message::touch_nothing_and_ask},
    {Code::cancelled, "cancelled", Message::was_cancelled, Message::as_it_was, Message::start_again_later},
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
    return advice_.empty() ? say(meaning_of(code_).advice) : advice_;
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
