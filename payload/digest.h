// SHA-256, as lower-case hexadecimal text of 64 characters.
#pragma once

#include "payload/bytes.h"

#include <memory>
#include <string>

namespace lockstep {

class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(Bytes bytes);
    // The digest of everything so far; the object is not to be used after it.
    std::string finish();

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

std::string sha256(Bytes bytes);
inline std::string sha256(std::string_view text) {
    return sha256(bytes_of(text));
}
std::string sha256(const ByteSource& source);

std::string to_hex(Bytes bytes);

} // namespace lockstep
