// The one exception type, and the one table of outcomes.
//
// An Error says what was being done, to what, and why it could not be done, in the system's own words. The
// code decides the exit code, what the failure means for the user's data, and what to do next: see the table
// in error.cpp.
#pragma once

#include "payload/messages.h"

#include <exception>
#include <string>
#include <string_view>

namespace lockstep {

// The exit codes of DESIGN.md section 4. From 10 to 49 the installation is exactly as it was.
enum class Code : int {
    ok = 0,
    internal_error = 1,
    wrong_usage = 2,
    tidying_waits = 3,
    not_recognised = 10,
    not_trusted = 11,
    no_room_or_right = 12,
    busy = 13,
    migration_failed = 20,
    verification_failed = 21,
    health_failed = 22,
    swap_rolled_back = 30,
    live_damaged = 40,
    needs_person = 50,
    cancelled = 130,
};

// One row of the table: the word for `--json`'s "outcome", what happened, what it means for the data, what to
// do.
struct CodeMeaning {
    Code code;
    std::string_view outcome;
    Message happened;
    Message data;
    Message advice;
};

const CodeMeaning& meaning_of(Code code);

// For a system call that failed with this errno (on Windows: GetLastError()): no_room_or_right for a full
// disk, a file too large or a missing right, else internal_error.
Code code_of_system_error(int number);

class Error : public std::exception {
  public:
    // Reads as: "Could not <doing> <subject>: <cause>". `subject` is a path, a table, a script with its line.
    // Control characters but for the line feed are shown as \x1b.
    Error(Code code, std::string doing, std::string subject, std::string cause);

    // A context added on the way up, outermost first when shown: "While <context>: ...".
    Error& during(const std::string& context);

    // Replaces the code's general advice where more is known.
    Error& advise(std::string advice);

    Code code() const { return code_; }
    const std::string& subject() const { return subject_; }
    const std::string& cause() const { return cause_; }
    // What to do next: this error's own advice, else the code's.
    std::string advice() const;
    const char* what() const noexcept override { return message_.c_str(); }

    friend Error with_code(const Error& error, Code code);

  private:
    Code code_;
    std::string subject_;
    std::string cause_;
    std::string advice_;
    std::string message_;
};

// The same error under another code, for a layer that knows better what a failure means (a library's error
// while the trial copy is migrated is a failed migration).
Error with_code(const Error& error, Code code);

// For a catch block of std::exception: what is being handled, as an Error. A library's own exception, such as
// std::bad_alloc, is an internal_error. For the places where no exception may pass without being acted on.
Error caught_error();

} // namespace lockstep
