// POSIX calls as the rest of the updater wants them: descriptors that close themselves, calls that are
// repeated when a signal interrupts them, and errno as an Error. Included by posix_*.cpp only.
#pragma once

#include "payload/error.h"

#include <cerrno>
#include <string>
#include <unistd.h>
#include <utility>

namespace lockstep {

// Code::no_room_or_right for a full disk or a missing right, else Code::internal_error; the cause is the
// system's words.
Error system_error(int number, const std::string& doing, const std::string& subject);

// Repeats `call` while a signal interrupts it. Not for close(): on Linux the descriptor is gone after EINTR
// as well.
template <typename Call> auto uninterrupted(Call call) {
    auto result = call();
    while (result == -1 && errno == EINTR) result = call();
    return result;
}

// A file descriptor, closed by the destructor.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        if (this != &other) {
            close();
            number_ = std::exchange(other.number_, -1);
        }
        return *this;
    }

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }
    // Reports nothing: what counts was synced before, and reported then.
    void close() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

  private:
    int number_ = -1;
};

} // namespace lockstep
