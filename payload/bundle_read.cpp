#include "payload/bundle_format.h"
#include "payload/digest.h"
#include "payload/error.h"
#include "payload/executable_end.h"
#include "payload/manifest_pack.h"

#include <algorithm>

namespace lockstep {
namespace {

// A file too short for the magic counts as a bundle that was cut off within it.
bool begins_as_bundle(const ByteSource& file) {
    const std::uint64_t size = std::min<std::uint64_t>(file.size(), magic_size);
    return bundle_magic.starts_with(read_part(file, 0, size));
}

bool ends_as_bundle(const ByteSource& file, std::uint64_t end) {
    return end >= trailer_size && read_part(file, end - magic_size, magic_size) == trailer_magic;
}

// By the trailer, which tells the size of the bundle that ends with it, at `end`.
BundleExtent extent_by_trailer(const ByteSource& file, std::uint64_t end, const std::string& subject) {
    BundleExtent extent;
    extent.size = from_little_endian(read_part(file, end - trailer_size, trailer_size));
    if (extent.size > end) refuse_bundle(subject, "it was cut off, damaged or changed");
    extent.offset = end - extent.size;
    return extent;
}

void require_chain_of_manifest(const VerifiedBundle& bundle) {
    const auto& chain = bundle.signatures.trust_chain;
    const auto matches = [](const std::string& expected, const SignedDocument& document) {
        return sha256(document.bytes) == expected;
    };
    if (!std::ranges::equal(bundle.manifest.trust, chain, matches))
        throw Error(Code::not_trusted, "trust", bundle.subject,
                    "its trust documents are not those that its manifest names");
    // The manifest vouches for the documents now, so they can be read: one that wasn't followed, though it is
    // newer, would leave keys trusted that the release manager wanted replaced.
    if (!chain.empty() && parse_trust(chain.back().bytes).version > bundle.trust.version)
        throw Error(Code::not_trusted, "trust", bundle.subject,
                    "its newest trust document doesn't follow from the keys that are trusted here");
}

void require_manifest_fits(const VerifiedBundle& bundle) {
    if (bundle.manifest.payload_size != bundle.head.payload_size)
        throw Error(Code::not_trusted, "trust", bundle.subject,
                    "its payload has not the size that its manifest names");
    if (!bundle.trust.product.empty() && bundle.trust.product != bundle.manifest.product)
        throw Error(Code::not_trusted, "trust", bundle.subject,
                    "it is for the product '" + bundle.manifest.product +
                        "', and the keys trusted here are for '" + bundle.trust.product + "'");
}

} // namespace

std::optional<BundleExtent> find_bundle(const ByteSource& file, const std::string& subject) {
    if (file.size() == 0) refuse_bundle(subject, "it is empty");
    const bool begins = begins_as_bundle(file);
    const std::uint64_t end = executable_end(file, trailer_magic);
    if (!ends_as_bundle(file, end)) {
        if (begins) refuse_bundle(subject, "its end is missing, it was cut off or damaged");
        return std::nullopt;
    }
    BundleExtent extent = extent_by_trailer(file, end, subject);
    if (begins && extent.offset != 0) refuse_bundle(subject, "its size is wrong, it was damaged or changed");
    read_lengths(file, extent, subject);
    if (extent.offset != 0) read_carried_keys(file, extent, subject);
    return extent;
}

BundleHead read_head(const ByteSource& file, const BundleExtent& extent, const std::string& subject) {
    const BundleLengths lengths = read_lengths(file, extent, subject);
    const std::uint64_t manifest_offset = extent.offset + header_size;
    BundleHead head;
    head.manifest = read_part(file, manifest_offset, lengths.manifest);
    head.signatures = read_part(file, manifest_offset + lengths.manifest, lengths.signatures);
    head.payload_offset = manifest_offset + lengths.manifest + lengths.signatures;
    head.payload_size = lengths.payload;
    return head;
}

namespace {

VerifiedBundle verified(const ByteSource& file, const BundleExtent& extent, const Trust& trust,
                        const std::string& subject) {
    VerifiedBundle bundle;
    bundle.file = &file;
    bundle.subject = subject;
    bundle.head = read_head(file, extent, subject);
    bundle.signatures = parse_signatures(bundle.head.signatures);
    bundle.trust = follow(trust, bundle.signatures.trust_chain);
    require_signed(bundle.trust, bytes_of(bundle.head.manifest), bundle.signatures.signatures, subject);
    bundle.manifest = parse_manifest(unpacked_manifest(bundle.head.manifest));
    bundle.manifest_sha256 = sha256(bundle.head.manifest);
    require_chain_of_manifest(bundle);
    require_manifest_fits(bundle);
    bundle.trust.product = bundle.manifest.product; // keys that weren't bound to a product are from here on
    return bundle;
}

} // namespace

// Whoever has several bundles must hear which one was refused.
VerifiedBundle verify_bundle(const ByteSource& file, const BundleExtent& extent, const Trust& trust,
                             const std::string& subject) {
    try {
        return verified(file, extent, trust, subject);
    } catch (Error& error) {
        if (error.subject() != subject) error.during("verifying " + subject);
        throw;
    }
}

} // namespace lockstep
