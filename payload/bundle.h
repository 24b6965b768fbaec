// Reading and writing bundles; payload/FORMAT.md holds the bytes.
//
//   magic · lengths · manifest.json.zst · signatures.json · payload (archive, deltas) · trailer
//
// An update executable is stub · public keys · bundle; it is found from the end of the file by the trailer.
#pragma once

#include "payload/bytes.h"
#include "payload/manifest.h"
#include "payload/trust.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lockstep {

// signatures.json
struct Signatures {
    std::vector<KeySignature> signatures;
    std::vector<SignedDocument> trust_chain;
};
std::string write_signatures(const Signatures& signatures);
Signatures parse_signatures(std::string_view json); // throws Error (not_trusted); at most 1 MiB

// Where a bundle lies in a file: a bundle file itself, or appended to an executable.
struct BundleExtent {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t stub_size = 0;         // of an update executable; 0 for a bundle file
    std::vector<PublicKey> carried_keys; // those that `wrap` put into the update executable
    int carried_threshold = 1;
};
// Nothing where the file holds no bundle; throws Error (not_trusted) where it holds a broken one.
std::optional<BundleExtent> find_bundle(const ByteSource& file, const std::string& subject);

// The parts before the payload, as raw bytes; nothing of them is parsed yet.
struct BundleHead {
    std::string manifest;             // raw bytes: packed
    std::string signatures;           // raw bytes
    std::uint64_t payload_offset = 0; // in the file
    std::uint64_t payload_size = 0;
};
BundleHead read_head(const ByteSource& file, const BundleExtent& extent, const std::string& subject);

// A bundle whose signatures, trust chain, and payload length were verified. The file must outlive it.
struct VerifiedBundle {
    const ByteSource* file = nullptr;
    std::string subject; // the file's name for messages
    BundleHead head;
    Manifest manifest;
    std::string manifest_sha256; // what a held bundle is known by
    Signatures signatures;
    Trust trust; // to be pinned when this bundle is committed
};
// Follows the trust chain from `trust`, verifies, then parses. Expiry, product and floor are the caller's to
// judge.
VerifiedBundle verify_bundle(const ByteSource& file, const BundleExtent& extent, const Trust& trust,
                             const std::string& subject);

// Unpacks the wanted blobs, by their SHA-256, in the order of the archive. `open` gives the sink for one
// blob, and `close` is called when its hash was found right. Only payload pieces that were just verified
// reach libarchive. Throws Error (not_trusted) for a wrong piece, a wrong blob, an entry that isn't a regular
// file named by its hash, or a wanted blob that isn't there.
void unpack_blobs(const VerifiedBundle& bundle, const std::map<std::string, std::uint64_t>& wanted_sizes,
                  const std::function<ByteSink(const std::string& sha256)>& open,
                  const std::function<void(const std::string& sha256)>& close);
// One small blob (a script) in memory.
std::string unpack_text(const VerifiedBundle& bundle, const Script& script);
std::map<std::string, std::string> unpack_texts(const VerifiedBundle& bundle,
                                                const std::vector<Script>& scripts);

// --- writing
// -----------------------------------------------------------------------------------------------------

struct BlobSource {
    std::string sha256;
    std::uint64_t size = 0;
    std::string hint; // its path, so that like sits by like
    std::function<void(const ByteSink&)> read;
};
// Writes the payload: the archive (tar, zstd, one entry "blobs/<sha256>" for each distinct blob, in an order
// that depends only on the blobs), then the frames of deltas, one after the other. The same bytes for the
// same arguments, on however many cores. Returns its size, that of the archive, and the hashes of its 1 MiB
// pieces.
struct PayloadSummary {
    std::uint64_t size = 0;
    std::uint64_t archive_size = 0;
    std::vector<std::string> pieces;
};
PayloadSummary write_payload(std::vector<BlobSource> blobs, const std::vector<std::string>& delta_frames,
                             int level, const ByteSink& sink);

// Everything of a bundle before the payload, and after it.
std::string bundle_head(std::string_view manifest, const Signatures& signatures, std::uint64_t payload_size);
std::string bundle_trailer(std::uint64_t bundle_size_without_trailer);
// What stands between stub and bundle in an update executable.
std::string carried_keys(const std::vector<PublicKey>& keys, int threshold, std::uint64_t stub_size);

} // namespace lockstep
