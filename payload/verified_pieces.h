// A part of the payload, handed out only in memory that was just verified: a file on a USB stick can change
// between two reads, so the bytes that were hashed are the very bytes that are unpacked.
#pragma once

#include "payload/bundle.h"

#include <string>
#include <vector>

namespace lockstep {

class VerifiedPieces {
  public:
    // [offset, offset + size) of the payload.
    VerifiedPieces(const VerifiedBundle& bundle, std::uint64_t offset, std::uint64_t size);

    // The next bytes, at most 1 MiB, which hold until the next call; nothing at the end. Throws Error
    // (not_trusted) for a piece with a wrong hash.
    Bytes next();

  private:
    void read_piece(std::uint64_t number);

    const VerifiedBundle& bundle_;
    std::uint64_t place_;
    std::uint64_t end_;
    std::vector<std::byte> piece_;
};

// All of a part, which is small, in memory.
std::string read_verified(const VerifiedBundle& bundle, std::uint64_t offset, std::uint64_t size);

} // namespace lockstep
