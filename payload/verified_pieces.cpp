#include "payload/verified_pieces.h"

#include "payload/bundle_format.h"
#include "payload/digest.h"
#include "payload/error.h"

#include <algorithm>

namespace lockstep {

VerifiedPieces::VerifiedPieces(const VerifiedBundle& bundle, std::uint64_t offset, std::uint64_t size)
    : bundle_(bundle), place_(offset), end_(offset + size) {}

Bytes VerifiedPieces::next() {
    if (place_ >= end_) return {};
    const std::uint64_t number = place_ / payload_piece;
    read_piece(number);
    const std::uint64_t begin = number * payload_piece;
    const std::uint64_t end = std::min(end_, begin + piece_.size());
    const Bytes part = Bytes(piece_).subspan(place_ - begin, end - place_);
    place_ = end;
    return part;
}

void VerifiedPieces::read_piece(std::uint64_t number) {
    const std::uint64_t begin = number * payload_piece;
    piece_.resize(static_cast<std::size_t>(std::min(payload_piece, bundle_.head.payload_size - begin)));
    bundle_.file->read(bundle_.head.payload_offset + begin, piece_);
    const auto& hashes = bundle_.manifest.payload_pieces;
    if (number >= hashes.size() || sha256(Bytes(piece_)) != hashes[number])
        throw Error(Code::not_trusted, "unpack", bundle_.subject,
                    "piece " + std::to_string(number + 1) + " of its payload was damaged or changed");
}

std::string read_verified(const VerifiedBundle& bundle, std::uint64_t offset, std::uint64_t size) {
    VerifiedPieces pieces(bundle, offset, size);
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(size));
    for (Bytes piece = pieces.next(); !piece.empty(); piece = pieces.next()) bytes += text_of(piece);
    return bytes;
}

} // namespace lockstep
