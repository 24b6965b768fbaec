// The numbers of payload/FORMAT.md, and the fixed parts of a bundle.
#pragma once

#include "payload/bundle.h"

#include <array>

namespace lockstep {

constexpr std::string_view bundle_magic = "LOCKSTEP-BUNDLE\n";
constexpr std::string_view trailer_magic = "LOCKSTEP-BUN-END";
constexpr std::string_view keys_magic = "LOCKSTEP-KEYSEND";
constexpr std::size_t magic_size = 16;
static_assert(bundle_magic.size() == magic_size && trailer_magic.size() == magic_size &&
              keys_magic.size() == magic_size);

constexpr std::uint64_t header_size =
    magic_size + 3 * std::uint64_t{8};                 // magic, lengths of manifest, signatures, payload
constexpr std::uint64_t trailer_size = 8 + magic_size; // size of the bundle, magic
constexpr std::size_t digest_size = 64;                // SHA-256 in hexadecimal
// length of the JSON, size of the stub, SHA-256 of the JSON and these two numbers, magic
constexpr std::uint64_t keys_trailer_size = 8 + 8 + digest_size + magic_size;

constexpr std::uint64_t signatures_limit = 1u << 20; // bytes of signatures.json
constexpr std::uint64_t keys_limit = 64u << 10;      // bytes of the carried keys' JSON
constexpr std::uint64_t payload_piece = 1u << 20;    // bytes

struct BundleLengths {
    std::uint64_t manifest = 0;
    std::uint64_t signatures = 0;
    std::uint64_t payload = 0;
};

std::string little_endian(std::uint64_t number);          // 8 bytes
std::uint64_t from_little_endian(std::string_view bytes); // the first 8 of them

std::string read_part(const ByteSource& file, std::uint64_t offset, std::uint64_t size);

// The header at extent.offset. Throws Error (not_trusted) where its magic is wrong, a part exceeds its limit,
// or its lengths don't add up to exactly extent.size.
BundleLengths read_lengths(const ByteSource& file, const BundleExtent& extent, const std::string& subject);

// Fills in what `wrap` put before the bundle at extent.offset.
void read_carried_keys(const ByteSource& file, BundleExtent& extent, const std::string& subject);

[[noreturn]] void refuse_bundle(const std::string& subject, const std::string& why);

} // namespace lockstep
