// Windows' calls as the rest of win32/ wants them: handles that close themselves, and GetLastError() as an
// Error. The one header that brings windows.h in; included by win32/ only.
#pragma once

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>

#include "payload/error.h"

#include <string>
#include <utility>

namespace lockstep {

// The system's words for a number of GetLastError(), without a full stop at the end.
std::string words_of(DWORD number);

// busy where another program has the file open in a way that excludes this one's; no_room_or_right for a full
// disk or a missing right; else internal_error. The cause is the system's words.
Error system_error(DWORD number, const std::string& doing, const std::string& subject);
Error last_error(const std::string& doing, const std::string& subject); // GetLastError()'s

bool says_absent(DWORD number); // neither the name nor, maybe, its folder is there
bool says_in_use(DWORD number); // another program's handle excludes this one's

// Closed by the destructor, which reports nothing.
class Handle {
  public:
    Handle() = default;
    explicit Handle(HANDLE handle) : handle_(handle == INVALID_HANDLE_VALUE ? nullptr : handle) {}
    ~Handle() { close(); }
    Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Handle& operator=(Handle&& other) noexcept {
        if (this != &other) {
            close();
            handle_ = std::exchange(other.handle_, nullptr);
        }
        return *this;
    }

    HANDLE get() const { return handle_; }
    explicit operator bool() const { return handle_ != nullptr; }
    HANDLE release() { return std::exchange(handle_, nullptr); }
    void close() {
        if (handle_) ::CloseHandle(handle_);
        handle_ = nullptr;
    }

  private:
    HANDLE handle_ = nullptr;
};

} // namespace lockstep
